import { gzipSync } from 'node:zlib';
import { assumeRole, over, throughService } from '../../trail-writer/calls';
import { instanceIdentity, serviceIdentity, userIdentity } from '../../trail-writer/identities';
import { terminate } from '../../trail-writer/network-changes';
import { trailRecord, type Call } from '../../trail-writer/record';

export const SHOP = '111122223333';

export interface CallOptions {
  /** @default i-0a11ce00000000001 */
  readonly instance?: string;
  readonly account?: string;
  /** @default GetParameter */
  readonly name?: string;
  readonly source?: string;
  readonly accessKeyId?: string;
  readonly endpointId?: string;
  readonly endpointAccount?: string;
  readonly extra?: object;
}

/** The instance whose calls these are, unless told otherwise. */
export const INSTANCE = 'i-0a11ce00000000001';

/** Of AWS, in eu-west-1, by test/ip-ranges.json. */
export const HOME_ADDRESS = '198.51.100.10';
/** Of unknown owner. */
export const AWAY_ADDRESS = '203.0.113.200';

const REGION = 'eu-west-1';

let events = 0;

/** A call with an instance's credentials, at a time of 1 September 2026 (`12:34` or `12:34:56`). */
export function call(time: string, ip: string, options: CallOptions = {}): Record<string, unknown> {
  const { instance = INSTANCE, account = SHOP, name = 'GetParameter', source = 'ssm.amazonaws.com' } = options;
  const id = options.accessKeyId ?? `ASIA${instance.slice(2).toUpperCase()}`;
  const workload = { id: instance, account, region: REGION, role: 'orders' };
  const identity = instanceIdentity({ id, delivery: '2.0', issued: timeText(time), instance: workload });
  const service = source.replace('.amazonaws.com', '');
  const action = { service, name, readOnly: true, request: null };
  return {
    ...recordOf(time, account, { identity, from: over(ip, 'aws-sdk-go-v2/1.36.5'), action }),
    ...(options.endpointId && { vpcEndpointId: options.endpointId }),
    ...(options.endpointAccount && { vpcEndpointAccountId: options.endpointAccount }),
    ...options.extra,
  };
}

/** An operator terminates the instance. */
export function termination(time: string, id = INSTANCE, account = SHOP): Record<string, unknown> {
  const identity = userIdentity(account, 'operator');
  return recordOf(time, account, { identity, from: over('192.0.2.50', 'console'), action: terminate({ id }) });
}

/** EC2 issues an instance a key; `sessionToken` is a placeholder that must not be stored. */
export function issuance(time: string, id: string, instance = INSTANCE): Record<string, unknown> {
  const action = assumeRole(SHOP, 'orders', instance, { id, expires: 'Sep 1, 2026, 6:30:00 PM', repeatsSession: true });
  return recordOf(time, SHOP, { identity: serviceIdentity('ec2'), from: throughService('ec2'), action });
}

function recordOf(
  time: string,
  account: string,
  made: Pick<Call, 'identity' | 'from' | 'action'>,
): Record<string, unknown> {
  events += 1;
  const eventId = `00000000-0000-4000-8000-${String(events).padStart(12, '0')}`;
  const given = { eventId, requestId: eventId, time: Date.parse(timeText(time)), account, region: REGION };
  return trailRecord({ ...given, ...made }).json;
}

function timeText(clock: string): string {
  return `2026-09-01T${clock.length === 5 ? `${clock}:00` : clock}Z`;
}

/** A log file as CloudTrail writes it. */
export function logFile(records: readonly unknown[]): Buffer {
  return gzipSync(JSON.stringify({ Records: records }));
}

export function logFileKey(name = 'a', account = SHOP, kind = 'CloudTrail'): string {
  return `AWSLogs/o-example123/${account}/${kind}/eu-west-1/2026/09/01/${account}_${kind}_eu-west-1_${name}.json.gz`;
}
