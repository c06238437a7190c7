import type { Anchors } from '../anchors';
import type { Peers } from '../peers';
import { awsClaim } from '../aws-claim';
import { slotOf } from '../plausibility';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

/**
 * A role session that the workload assumed and uses itself belongs to the workload's origins. One that it hands to others
 * without using it, as brokers do, is theirs.
 */
export const chainedSession: Rule = {
  name: 'chained-session',
  apply({ sighting, learned }) {
    if (sighting.provenBy !== 'chained' || learned.chainedAtHome.has(sighting.caller.accessKeyId)) return [];
    return { outcome: 'ignored', why: 'the workload requested these credentials and does not use them itself' };
  },
};

/** Access keys of chained sessions that were used where the workload is anchored, or may call from. */
export function chainedAtHome(subject: Subject, anchors: Anchors, peers: Peers): ReadonlySet<string | null> {
  const { history } = subject;
  const slots = new Set([...anchors.values()].map(({ origin }) => slotOf(origin, subject, peers)));
  const isAnywhere = history.kind.lockPolicy(history.workload) === 'aws-address';
  const atHome = history.sightings.filter(({ provenBy, origin, caller }) => {
    if (provenBy !== 'chained') return false;
    if (slots.has(slotOf(origin, subject, peers))) return true;
    return isAnywhere && origin.kind === 'public' && awsClaim(origin.address, caller, subject, peers).trusted;
  });
  return new Set(atHome.map(({ caller }) => caller.accessKeyId));
}
