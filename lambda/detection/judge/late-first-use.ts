import type { Anchor } from './anchors';
import { SETTLED_HOURS, type AnchoredWorkload } from './peers';
import { Strength } from './plausibility';
import type { RuleInput } from './rule';
import { networkPlace, type Path } from '../model/origin';

/** A path that is first used so much later (milliseconds) than the others is compared with the workload's neighbours. */
export const LATE = 2 * 3_600_000;
/** Neighbours that show which paths a network has. */
const NEIGHBOURS = 2;

/** People begin to work on clusters at any time. */
const NAMES: Partial<Readonly<Record<Path, string>>> = {
  'public-ipv4': 'the Internet',
  'public-ipv6': 'IPv6',
  endpoint: 'VPC endpoints',
};

/**
 * Why the first use of a path is suspicious: it is late, and of the workloads that call from the same address or through the
 * same endpoint none uses that path. Null where it is not, no such workloads show it, or a change explains it.
 */
export function lateFirstUse(anchor: Anchor, input: RuleInput): string | null {
  const { path } = anchor.origin;
  const name = path === null ? undefined : NAMES[path];
  if (path === null || name === undefined || !mayBeForeign(anchor, input)) return null;
  for (const { origin, hours, sighting } of input.learned.anchors.values()) {
    const isEarlier = sighting.event.time <= anchor.sighting.event.time - LATE;
    if (origin.path === path || hours < SETTLED_HOURS || !isEarlier) continue;
    const place = networkPlace(origin);
    const others = neighboursAt(place, input);
    if (others.length >= NEIGHBOURS && !others.some(({ paths }) => paths.has(path)))
      return `it used ${name} for the first time hours after its first call, and none of the ${others.length} other workloads at ${place} does`;
  }
  return null;
}

/** A plausible first use of a workload of its own network, which no known endpoint and no change explains. */
function mayBeForeign({ origin, sighting, claim }: Anchor, { subject, peers }: RuleInput): boolean {
  if (claim.strength > Strength.firstUse || subject.history.kind.sitsOnHost) return false;
  if (peers.book.endpoints.has(origin.endpoint)) return false;
  return !subject.life?.doors.some((door) => door.time <= sighting.event.time);
}

function neighboursAt(place: string, { subject, peers }: RuleInput): readonly AnchoredWorkload[] {
  const { key, workload } = subject.history;
  return peers.anchoredAt(place).filter((one) => one.key !== key && one.workload.account === workload.account);
}
