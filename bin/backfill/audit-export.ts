import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS, STREAMING } from '../../lambda/adapters/client-settings';
import { valueOf } from '../../lambda/detection/model/result';
import { AUDIT_LOG, RUNTIME_LOG_GROUPS, type RuntimeAgent } from '../../lambda/detection/vocabulary';
import { parseClusterArn, type Cluster } from '../../lambda/kubernetes/cluster';
import { inflated } from '../../lambda/trail-files/inflate';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment } from '../deployment/deployment';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { counted } from '../terminal/numbers';

export interface AuditExportOptions extends DeploymentOptions {
  /** `s3://bucket/prefix` of an export task of the cluster's log group. */
  readonly auditExport: string;
  /** ARN of the cluster. */
  readonly cluster: string;
  /** The export is of this agent's log group. @default the audit log */
  readonly agent?: RuntimeAgent;
  readonly dryRun?: boolean;
}

/** `<prefix>/<task>/<stream>/000000.gz`; streams of agents have any name. */
const EXPORTED = { audit: /\/(kube-apiserver-audit-[0-9a-f]{32})\/\d+\.gz$/, agent: /\/([^/]+)\/\d+\.gz$/ };
const ADDRESS = /^s3:\/\/([^/]+)\/?(.*)$/;
/** A line begins with the time at which it was logged. */
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (.*)$/s;

const LINES_OF_PAYLOAD = 500;
/** Compressed bytes of an object that is written: each is read by one invocation. */
const OBJECT_BYTES = 16 * 1024 * 1024;

/** What an export task has written. */
interface ExportedLog {
  readonly cluster: Cluster;
  readonly agent: RuntimeAgent | null;
}

/** Puts the audit log, or an agent's alarms, in an export task into the bucket of audit records, where the detector reads it. Returns the exit code. */
export async function backfillAuditExport(options: AuditExportOptions): Promise<number> {
  const log = { cluster: valueOf(parseClusterArn(options.cluster)), agent: options.agent ?? null };
  const [, bucket, prefix = ''] = ADDRESS.exec(options.auditExport) ?? [];
  if (bucket === undefined)
    throw new Error(`--audit-export ${options.auditExport} is not of the form s3://bucket/prefix`);
  const deployment = await findDeployment(options, ['auditBucket']);
  const target = deployment.find('auditBucket');
  if (!target) throw new Error('the detector reads no audit logs: deploy with -c kubernetes=true');
  const s3 = new S3Client({ ...STREAMING, maxAttempts: CLIENT_SETTINGS.maxAttempts, followRegionRedirects: true });
  const totals = { files: 0, lines: 0, objects: 0 };
  try {
    for await (const key of exportedKeys(s3, { bucket, prefix }, log)) {
      totals.files += 1;
      if (options.dryRun) continue;
      const to = `${AUDIT_LOG.prefix}backfill/${digestOf(`${bucket}/${key}`)}`;
      for await (const { body, lines } of objectsOf(s3, { bucket, key }, log)) {
        const object = { Bucket: target, Key: `${to}-${totals.objects}`, Body: body };
        await s3.send(new PutObjectCommand(object)).catch((error: unknown) => {
          throw awsFault(`write s3://${target}/${object.Key}`, error);
        });
        totals.objects += 1;
        totals.lines += lines;
      }
    }
  } finally {
    s3.destroy();
  }
  const done = options.dryRun
    ? 'Dry run: nothing was sent.'
    : `${counted(totals.lines, 'line')} sent in ${counted(totals.objects, 'object')}; findings follow within minutes.`;
  process.stderr.write(`${counted(totals.files, 'file')} of the ${log.agent ?? 'audit'} log. ${done}\n`);
  return totals.files === 0 ? 1 : 0;
}

async function* exportedKeys(
  client: S3Client,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  log: ExportedLog,
): AsyncGenerator<string> {
  try {
    for await (const { Contents: contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    ))
      for (const { Key: key = '' } of contents) if (streamOf(key, log) !== null) yield key;
  } catch (error) {
    throw awsFault(`list s3://${bucket}/${prefix}`, error);
  }
}

/** Null for other objects. */
function streamOf(key: string, { agent }: ExportedLog): string | null {
  return EXPORTED[agent === null ? 'audit' : 'agent'].exec(`/${key}`)?.[1] ?? null;
}

interface WrittenObject {
  readonly body: Buffer;
  readonly lines: number;
}

/** As CloudWatch Logs would have sent it. */
async function* objectsOf(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  log: ExportedLog,
): AsyncGenerator<WrittenObject> {
  const stream = streamOf(key, log) ?? '';
  let payloads: Buffer[] = [];
  let bytes = 0;
  let lines = 0;
  let events: object[] = [];
  const pack = (): void => {
    if (events.length === 0) return;
    const payload = payloadOf(events, stream, log);
    payloads.push(payload);
    bytes += payload.length;
    lines += events.length;
    events = [];
  };
  for await (const line of linesOf(client, bucket, key)) {
    const [, time = '', message = ''] = LINE.exec(line) ?? [];
    if (message === '') continue;
    events.push({ id: String(lines + events.length).padStart(56, '0'), timestamp: Date.parse(time), message });
    if (events.length >= LINES_OF_PAYLOAD) pack();
    if (bytes < OBJECT_BYTES) continue;
    yield { body: Buffer.concat(payloads), lines };
    [payloads, bytes, lines] = [[], 0, 0];
  }
  pack();
  if (payloads.length > 0) yield { body: Buffer.concat(payloads), lines };
}

async function* linesOf(client: S3Client, bucket: string, key: string): AsyncGenerator<string> {
  try {
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!(body instanceof Readable)) throw new Error('S3 gave no stream');
    yield* createInterface({ input: Readable.from(inflated(body)), crlfDelay: Infinity });
  } catch (error) {
    throw awsFault(`read s3://${bucket}/${key}`, error);
  }
}

function payloadOf(logEvents: readonly object[], logStream: string, { cluster, agent }: ExportedLog): Buffer {
  const { account, region, name } = cluster;
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: account,
    logGroup: agent === null ? `/aws/eks/${name}/cluster` : `${RUNTIME_LOG_GROUPS}${agent}/${name}`,
    logStream,
    subscriptionFilters: [`${AUDIT_LOG.filterPrefix}${region}`],
    logEvents,
  };
  return gzipSync(JSON.stringify(payload));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
