import { canonicalAddress } from '../detection/model/address';
import { eventTimeOf } from '../detection/model/event-time';
import { field, isJsonObject, record, type JsonObject } from '../detection/model/json-field';
import type { AuditEvent, AuditFault, AuditObject, AuditUser } from './audit-event';
import { clusterKey, type Cluster } from './cluster';
import { cutMembers } from './cut-members';
import { keptManifest } from './kept-manifest';
import { keptText } from './kept-text';
import { requestUriOf } from './request-uri';

/** Authenticators may add claims of their own, so only known keys are kept. */
const KEPT_EXTRA = [
  'arn',
  'canonicalArn',
  'sessionName',
  'accessKeyId',
  'principalId',
  ...['pod-name', 'pod-uid', 'node-name', 'node-uid', 'credential-id'].map(
    (name) => `authentication.kubernetes.io/${name}`,
  ),
];

const DECISION = 'authorization.k8s.io/decision';
const TRUNCATED = 'audit.k8s.io/truncated';

const KEPT_ANNOTATIONS = [
  DECISION,
  'authorization.k8s.io/reason',
  'authentication.k8s.io/stale-token',
  'authentication.kubernetes.io/issued-credential-id',
];

/** Kinds of answers that leave out what was stored; clients can ask for such an answer. */
const NO_MANIFESTS: ReadonlySet<unknown> = new Set([
  'Status',
  'Table',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
]);

const MOST_GROUPS = 100;
const MOST_SOURCES = 20;
const MOST_VALUES = 4;

/**
 * Reads one `audit.k8s.io` Event, parsed and without its wrapper; never throws. Null for stages that add nothing: before the
 * response, and the beginning of one that is completed at once. `loggedAt` (epoch milliseconds) is taken where the record has no time.
 */
export function readAuditEvent(
  line: unknown,
  cluster: Cluster,
  loggedAt: number | null = null,
): AuditEvent | AuditFault | null {
  if (!isJsonObject(line)) return { fault: 'no JSON object' };
  const auditId = keptText(line.auditID, 128);
  const stage = stageOf(line);
  if (auditId === null || stage === null) return { fault: 'no audit event (auditID and stage)' };
  const verb = keptText(line.verb, 64);
  const status = statusOf(line);
  if (stage !== 'ResponseComplete' && !(stage === 'ResponseStarted' && (status === 101 || verb === 'watch')))
    return null;
  const time = auditTimeOf(line) ?? loggedAt;
  if (time === null) return { fault: 'no time' };
  return eventOf(line, { id: `${clusterKey(cluster)}/${auditId}`, auditId, cluster, time, stage, verb, status });
}

/**
 * Reads a line that is no JSON because it was cut, from the members before the cut. `AuditFault` where the cut hides which
 * object the request was about.
 */
export function readCutLine(
  text: string,
  cluster: Cluster,
  loggedAt: number | null = null,
): AuditEvent | AuditFault | null {
  const members = cutMembers(text);
  if (!('auditID' in members)) return { fault: 'no JSON' };
  const event = readAuditEvent(members, cluster, loggedAt);
  if (event === null || 'fault' in event) return event;
  return event.object === null ? { fault: 'cut before the object' } : { ...event, truncated: true };
}

/** Records made by hand may lack the stage, but not when they have a status. */
function stageOf({ stage, responseStatus }: JsonObject): string | null {
  if (typeof stage === 'string' && stage !== '') return stage;
  return isJsonObject(responseStatus) ? 'ResponseComplete' : null;
}

function statusOf(line: JsonObject): number | null {
  const code = field(line.responseStatus, 'code');
  return typeof code === 'number' && Number.isInteger(code) ? code : null;
}

/** When the request was received, or else the stage was reached, in epoch milliseconds; null where the record has neither. */
export function auditTimeOf({ requestReceivedTimestamp, stageTimestamp, timestamp }: JsonObject): number | null {
  return eventTimeOf(requestReceivedTimestamp) ?? eventTimeOf(stageTimestamp) ?? eventTimeOf(timestamp);
}

type Named = Pick<AuditEvent, 'id' | 'auditId' | 'cluster' | 'time' | 'stage' | 'verb' | 'status'>;

/** One literal instead of spreads, for speed. */
function eventOf(line: JsonObject, named: Named): AuditEvent {
  const annotations = annotationsOf(line.annotations);
  const sources = sourcesOf(line.sourceIPs);
  const decision = annotations[DECISION];
  const { manifest, manifestFrom } = manifestOf(line);
  return {
    id: named.id,
    auditId: named.auditId,
    cluster: named.cluster,
    time: named.time,
    stage: named.stage,
    verb: named.verb,
    requestUri: requestUriOf(line.requestURI),
    user: userOf(line.user),
    impersonated: isJsonObject(line.impersonatedUser) ? userOf(line.impersonatedUser) : null,
    source: canonicalAddress(sources.at(-1) ?? ''),
    claimedSources: sources.slice(0, -1),
    userAgent: keptText(line.userAgent, 512),
    object: objectOf(line.objectRef, line.responseObject),
    allowed: decision === undefined ? null : decision === 'allow',
    status: named.status,
    manifest,
    manifestFrom,
    truncated: field(line.annotations, TRUNCATED) === 'true',
    annotations,
  };
}

function userOf(value: unknown): AuditUser {
  const extra = extraOf(field(value, 'extra'));
  return {
    username: keptText(field(value, 'username'), 512),
    groups: textsIn(field(value, 'groups'), MOST_GROUPS),
    awsArn: extra.arn?.[0] ?? null,
    accessKeyId: extra.accessKeyId?.[0] ?? null,
    extra,
  };
}

function extraOf(value: unknown): Record<string, readonly string[]> {
  const kept: Record<string, readonly string[]> = {};
  if (!isJsonObject(value)) return kept;
  for (const key of KEPT_EXTRA) {
    const values = textsIn(value[key], MOST_VALUES);
    if (values.length > 0) kept[key] = values;
  }
  return kept;
}

function annotationsOf(value: unknown): Record<string, string> {
  const kept: Record<string, string> = {};
  if (!isJsonObject(value)) return kept;
  for (const key of KEPT_ANNOTATIONS) {
    const text = keptText(value[key], 1_024);
    if (text !== null) kept[key] = text;
  }
  return kept;
}

/** The last addresses of a long list: the last one decides. */
function sourcesOf(value: unknown): string[] {
  return textsIn(Array.isArray(value) ? value.slice(-MOST_SOURCES) : value, MOST_SOURCES);
}

function textsIn(value: unknown, most: number): string[] {
  if (!Array.isArray(value)) return [];
  const texts: string[] = [];
  for (const one of value) {
    const kept = texts.length < most ? keptText(one, 512) : null;
    if (kept !== null) texts.push(kept);
  }
  return texts;
}

/** `details` of the answer to a deletion name the object that is gone; answers without manifests name what was stored. */
function objectOf(value: unknown, answer: unknown): AuditObject | null {
  const resource = keptText(field(value, 'resource'), 253);
  if (resource === null) return null;
  const part = (key: string): string | null => keptText(field(value, key), 253);
  return {
    resource,
    subresource: part('subresource'),
    apiGroup: part('apiGroup'),
    namespace: part('namespace'),
    name: part('name'),
    uid: part('uid') ?? keptText(field(field(answer, 'details'), 'uid'), 253) ?? uidInBrief(answer),
  };
}

function uidInBrief(answer: unknown): string | null {
  const kind = field(answer, 'kind');
  const rows = field(answer, 'rows');
  const brief = kind === 'Table' && Array.isArray(rows) ? field(rows[0], 'object') : answer;
  if (kind !== 'Table' && kind !== 'PartialObjectMetadata') return null;
  return keptText(field(field(brief, 'metadata'), 'uid'), 253);
}

/** What was stored is judged; what was sent only where the answer does not show it. */
function manifestOf(line: JsonObject): Pick<AuditEvent, 'manifest' | 'manifestFrom'> {
  const response = record(line, 'responseObject');
  if (response !== null && !NO_MANIFESTS.has(response.kind) && Object.keys(response).length > 0)
    return { manifest: keptManifest(response), manifestFrom: 'response' };
  const { requestObject } = line;
  if (typeof requestObject !== 'object' || requestObject === null) return { manifest: null, manifestFrom: null };
  return { manifest: keptManifest(requestObject), manifestFrom: 'request' };
}
