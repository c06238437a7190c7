import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Workload } from '../../lambda/detection/model/workload';
import { assumeRole, callerIdentity, getParameter, listBuckets, over, throughService } from '../../trail-writer/calls';
import { instanceIdentity, serviceIdentity, userIdentity } from '../../trail-writer/identities';
import { inPartition, isoTime, trailRecord, type Action, type From } from '../../trail-writer/record';

/** The records of a theft that never happened. */
export interface SampleTheft {
  readonly workload: Workload;
  /** CloudTrail records, oldest first. */
  readonly records: readonly unknown[];
  /** The instance's address and the attacker's, both reserved for documentation (RFC 5737). */
  readonly home: string;
  readonly away: string;
}

export interface SampleOf {
  /** The hub's account: records of another are rejected. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const HOMES = ['192.0.2'];
const ELSEWHERE = ['198.51.100', '203.0.113'];
const MINUTE = 60_000;
const ROLE = 'credlock-sample';
const AGENT = 'credlock-simulate';

/** An instance gets credentials and an address, calls from there, and then its credentials are used elsewhere. */
export function sampleTheft({ account, partition, region, now }: SampleOf): SampleTheft {
  // Each sample is another instance at other addresses, or it would be one incident with the last one.
  const id = `i-05a11e${randomBytes(6).toString('hex').slice(0, 11)}`;
  const accessKeyId = `ASIASAMPLE${randomBytes(5).toString('hex').toUpperCase()}`;
  const [home, away] = [addressIn(HOMES), addressIn(ELSEWHERE)];
  const record = (minutesAgo: number, identity: object, from: From, action: Action): unknown => {
    const [eventId, requestId] = [randomUUID(), randomUUID()];
    const time = now - minutesAgo * MINUTE;
    return inPartition(
      trailRecord({ eventId, requestId, time, account, region, identity, from, action }).json,
      partition,
    );
  };
  const issued = isoTime(now - 60 * MINUTE);
  const instance = { id, account, region, role: ROLE };
  const identity = instanceIdentity({ id: accessKeyId, delivery: '2.0', issued, instance });
  const call = (minutesAgo: number, address: string, action: Action): unknown =>
    record(minutesAgo, identity, over(address, AGENT), action);
  const credentials = { id: accessKeyId, expires: isoTime(now + 300 * MINUTE), repeatsSession: true };
  return {
    workload: { partition, account, kind: 'ec2-instance', id },
    home,
    away,
    records: [
      record(60, userIdentity(account, ROLE), over(home, AGENT), associateAddress(home, id)),
      record(60, serviceIdentity('ec2'), throughService('ec2'), assumeRole(account, ROLE, id, credentials)),
      call(50, home, getParameter('/sample')),
      call(40, home, listBuckets()),
      call(5, away, callerIdentity()),
      call(4, away, listBuckets()),
    ],
  };
}

function addressIn(networks: readonly string[]): string {
  return `${networks[randomInt(networks.length)] ?? ''}.${randomInt(1, 255)}`;
}

function associateAddress(publicIp: string, instanceId: string): Action {
  const associationId = `eipassoc-${instanceId.slice(2)}`;
  const request = { publicIp, instanceId };
  return { service: 'ec2', name: 'AssociateAddress', readOnly: false, request, response: () => ({ associationId }) };
}
