import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect, judgingBasisOf, type Detection, type DetectionInput } from '../lambda/detection/detect';
import { FactSet } from '../lambda/detection/facts/fact-set';
import { field, isJsonObject, textOf } from '../lambda/detection/model/json-field';
import type { KubernetesSettings } from '../lambda/detection/model/kubernetes-settings';
import type { Finding } from '../lambda/detection/model/finding';
import { parseIpRanges, type IpRanges } from '../lambda/detection/model/ip-ranges';
import { originText } from '../lambda/detection/model/origin';
import { parseSettings } from '../lambda/detection/parse-settings';
import { readInto, readRecordInto } from '../lambda/detection/records/read-facts';
import { valueOf } from '../lambda/detection/model/result';
import type { KubernetesAct } from '../lambda/kubernetes/act';
import { ActSet } from '../lambda/kubernetes/act-set';
import { addressOwners, type OwnerOf } from '../lambda/kubernetes/address-owner';
import type { AuditEvent } from '../lambda/kubernetes/audit-event';
import { clusterKey, parseClusterArn, UNKNOWN_CLUSTER, type Cluster } from '../lambda/kubernetes/cluster';
import { detectKubernetes, hiddenBy, type KubernetesDetection } from '../lambda/kubernetes/detect-kubernetes';
import { readAuditEvent, readCutLine } from '../lambda/kubernetes/read-audit-event';
import { actsOf } from '../lambda/kubernetes/rules';
import { sessionRecordOf } from '../lambda/kubernetes/session-record';
import { HeldPlaces } from '../lambda/detection/judge/held-places';
import type { IsHeld } from '../lambda/kubernetes/tokens/cluster-homes';
import { detectTokens } from '../lambda/kubernetes/tokens/detect-tokens';
import { tokenFactsOf } from '../lambda/kubernetes/tokens/read-token-facts';
import { TokenFactSet } from '../lambda/kubernetes/tokens/token-fact-set';
import { agentOfLine } from '../lambda/runtime/agent-of-line';
import { readRuntimeLine } from '../lambda/runtime/read-runtime-line';

export interface Expected {
  readonly type: string;
  readonly severity: string;
  readonly workload: string | null;
  readonly origin: string | null;
  readonly contested?: boolean;
}

export interface Scenario {
  readonly story: string;
  readonly covers: readonly string[];
  readonly twin?: string;
  readonly settings?: Record<string, unknown>;
  readonly ipRanges: 'default' | null | object;
  readonly records: readonly unknown[];
  /**
   * Events of the audit log of `cluster`, as its API server writes them, and lines of agents in its containers; a text is a line
   * that was cut. Those of another cluster are written as `{ cluster, event }`.
   */
  readonly audit?: readonly unknown[];
  /** ARN of the cluster. @default a cluster of which nothing is known */
  readonly cluster?: string;
  readonly expect: readonly Expected[];
}

export interface NamedScenario extends Scenario {
  readonly name: string;
}

const FOLDER = join(__dirname, 'scenarios');

export function allScenarios(): NamedScenario[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => ({
    name: file.slice(0, -5),
    ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Scenario),
  }));
}

/** Those about CloudTrail records alone. */
export function trailScenarios(): NamedScenario[] {
  return allScenarios().filter(({ audit = [] }) => audit.length === 0);
}

export function ipRangesOf(choice: Scenario['ipRanges']): IpRanges | null {
  if (choice === null) return null;
  const json: unknown =
    choice === 'default' ? JSON.parse(readFileSync(join(__dirname, 'ip-ranges.json'), 'utf8')) : choice;
  return valueOf(parseIpRanges(json));
}

export function factsOf(records: readonly unknown[]): FactSet {
  const facts = new FactSet();
  for (const record of records) readInto(facts, record);
  return facts;
}

/** The findings on the facts, and on the scenario's audit log. */
export function detectIn(
  scenario: Pick<Scenario, 'settings' | 'ipRanges' | 'audit' | 'cluster'>,
  facts: FactSet,
): Detection {
  const settings = valueOf(parseSettings(scenario.settings ?? {}));
  const input = { facts, settings, ipRanges: ipRangesOf(scenario.ipRanges) };
  const { audit = [] } = scenario;
  readSessions(audit, scenario.cluster, facts);
  const tokens = tokensIn(audit, scenario.cluster);
  const found = detect({ ...input, onJudgement: (judgement) => tokens.held.note(judgement) });
  if (audit.length === 0) return found;
  const ofClusters = [detectInAudit(audit, { ...input, cluster: scenario.cluster }), tokens.detect(input)];
  return {
    ...found,
    findings: [found, ...ofClusters].flatMap(({ findings }) => findings),
    suppressed: [found, ...ofClusters].flatMap(({ suppressed }) => suppressed),
  };
}

interface ScenarioTokens {
  /** Has to be given the judgements on all workloads. */
  readonly held: HeldPlaces;
  readonly detect: (input: DetectionInput) => KubernetesDetection;
}

/** The facts about tokens in an audit log, and the findings on them. */
export function tokensIn(audit: readonly unknown[], home: string | undefined): ScenarioTokens {
  const tokens = new TokenFactSet();
  for (const item of audit) {
    const { cluster, line } = lineOf(item, home);
    const event = eventIn(line, cluster);
    for (const fact of event ? tokenFactsOf(event) : []) tokens.add(fact);
  }
  const held = new HeldPlaces(tokens.nodeSessions());
  const isHeld: IsHeld = ({ cluster, session, place, time }) =>
    held.isHeld(session, { ip: place, cluster: clusterKey(cluster) }, time);
  return {
    held,
    detect: (input) => detectTokens(tokens, { settings: input.settings, ownerOf: ownersIn(input), isHeld }),
  };
}

function ownersIn(input: DetectionInput): OwnerOf {
  const { book, organization } = judgingBasisOf(input).network;
  return addressOwners({ book, ipRanges: input.ipRanges, organization });
}

/** The findings on an audit log; the owners of addresses are those that the facts show. */
export function detectInAudit(
  audit: readonly unknown[],
  { cluster, ...input }: DetectionInput & { readonly cluster?: string | undefined },
): KubernetesDetection {
  const { settings } = input;
  const context = { settings, ownerOf: ownersIn(input) };
  const acts = new ActSet(hiddenBy(context));
  for (const line of audit) for (const act of actsIn(line, cluster, settings.kubernetes)) acts.add(act);
  return detectKubernetes({ groups: acts.groups(), ...context });
}

function actsIn(item: unknown, home: string | undefined, settings: KubernetesSettings): readonly KubernetesAct[] {
  const { cluster, line } = lineOf(item, home);
  const agent = isJsonObject(line) ? agentOfLine(line) : null;
  if (agent !== null) {
    const read = readRuntimeLine(line, cluster, agent, settings);
    return 'acts' in read ? read.acts : [];
  }
  const event = eventIn(line, cluster);
  return event ? actsOf(event, settings) : [];
}

/** Adds the requests of AWS sessions in an audit log. */
export function readSessions(audit: readonly unknown[], home: string | undefined, facts: FactSet): void {
  for (const item of audit) {
    const { cluster, line } = lineOf(item, home);
    const event = eventIn(line, cluster);
    const record = event && sessionRecordOf(event);
    if (record) readRecordInto(facts, record);
  }
}

function lineOf(item: unknown, home: string | undefined): { cluster: Cluster; line: unknown } {
  const { arn = home, line } = itemOf(item);
  return { cluster: arn === undefined ? UNKNOWN_CLUSTER : valueOf(parseClusterArn(arn)), line };
}

/** An item of `Scenario.audit`, with the ARN of its cluster where it names one. */
export function itemOf(item: unknown): { readonly arn?: string; readonly line: unknown } {
  const arn = textOf(field(item, 'cluster'));
  return arn === null ? { line: item } : { arn, line: field(item, 'event') };
}

function eventIn(line: unknown, cluster: Cluster): AuditEvent | null {
  const event = typeof line === 'string' ? readCutLine(line, cluster) : readAuditEvent(line, cluster);
  return event && 'id' in event ? event : null;
}

/** A finding as scenarios write it; `contested` only where the scenario cares. */
export function shown(finding: Finding): Required<Expected> {
  const { type, severity, workload, origin, contested } = finding;
  return { type, severity, workload: workload?.id ?? null, origin: origin && originText(origin), contested };
}
