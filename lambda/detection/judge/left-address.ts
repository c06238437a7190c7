import type { RuleInput } from './rule';
import { isoTime } from '../model/event-time';
import { originText } from '../model/origin';

/** Connections that are open when the address changes end within this time. */
const GRACE = 5 * 60_000;

/**
 * When (epoch milliseconds) and how an instance left the automatic address that was its own at `since`: AWS takes it back
 * at a stop and when an Elastic IP address is associated. Only once the instance has called from the successor, because
 * behind a NAT gateway neither changes anything; and not where other workloads of the account call from there.
 */
export function leftAddress(input: RuleInput, since: number): { time: number; why: string } | null {
  if (input.origin.path !== 'public-ipv4') return null;
  const left = restartedSince(input, since) ?? associatedSince(input, since) ?? disassociatedSince(input, since);
  return left && input.time > left.time + GRACE && !isShared(input) ? left : null;
}

function restartedSince({ origin, learned }: RuleInput, since: number): { time: number; why: string } | null {
  const door = learned.doors.on('public-ipv4').succeeded(origin.key, since);
  if (!door) return null;
  const why = `the automatic address was released before ${door.action} at ${isoTime(door.time)}, and the instance has had another since`;
  return { time: door.time, why };
}

/** An Elastic IP address beside a second interface or private address may leave the automatic one where it is. */
function associatedSince({ origin, learned, subject }: RuleInput, since: number): { time: number; why: string } | null {
  const { tenures = [], secondInterface = null } = subject.life ?? {};
  if (secondInterface || tenures.some(({ sinceAction }) => sinceAction === 'AssignPrivateIpAddresses')) return null;
  const elastic = tenures.find(
    ({ sinceAction, since: from, address }) =>
      sinceAction === 'AssociateAddress' &&
      from > since &&
      address !== origin.ip &&
      learned.lock.get(`public/${address}`)?.because === 'own-address',
  );
  if (!elastic) return null;
  const why = `AssociateAddress at ${isoTime(elastic.since)} gave it ${elastic.address} in place of the automatic address`;
  return { time: elastic.since, why };
}

/** An Elastic IP address older than the records that was disassociated, as the next address showed. */
function disassociatedSince({ origin, learned }: RuleInput, since: number): { time: number; why: string } | null {
  for (const [key, { action, time }] of learned.moved) {
    if (action !== 'DisassociateAddress' || time <= since || key === origin.key) continue;
    if (learned.lock.has(key)) return { time, why: `${action} at ${isoTime(time)} took the address` };
  }
  return null;
}

function isShared({ origin, subject, peers }: RuleInput): boolean {
  const { key, workload } = subject.history;
  return peers
    .anchoredAt(originText(origin))
    .some((one) => one.key !== key && one.workload.account === workload.account);
}
