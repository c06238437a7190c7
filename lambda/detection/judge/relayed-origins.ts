import { cidrSet } from '../model/address';
import type { NetworkContext } from './plausibility';
import type { Subject } from './subject';
import { Did } from '../facts/facts';
import type { SeenOrigin } from '../model/origin';

/**
 * Keys of origins that only relayed a signed `sts:GetCallerIdentity` of the workload: an EKS control plane that checks a
 * node's token, or a server declared in `relays` (Vault). After any other action the origin is judged as usual.
 */
export function relayedOrigins(subject: Subject, network: NetworkContext): ReadonlySet<string> {
  const relayed = new Set<string>();
  const node = usesEks(subject);
  if (!node && network.settings.relays.length === 0) return relayed;
  const relays = network.settings.relays.map(({ cidr }) => cidrSet([cidr]));
  const did = new Map<string, { origin: SeenOrigin; did: number }>();
  for (const { origin, did: bits } of subject.history.sightings) {
    did.set(origin.key, { origin, did: (did.get(origin.key)?.did ?? 0) | bits });
  }
  for (const [key, seen] of did) {
    if (seen.did !== Did.callerIdentity || seen.origin.ip === null) continue;
    const { ip } = seen.origin;
    if (relays.some((range) => range.has(ip)) || (node && isControlPlane(seen.origin, subject, network)))
      relayed.add(key);
  }
  return relayed;
}

/** True for a workload that signs in to EKS clusters: a node by its tags or calls, or a machine that works on a cluster. */
export function usesEks({ history, life }: Subject): boolean {
  return (
    life?.eksNode === true ||
    history.sightings.some(({ did, origin }) => (did & Did.eksNode) !== 0 && origin.kind !== 'implausible')
  );
}

function isControlPlane(
  { address, endpointId }: SeenOrigin,
  { region }: Subject,
  { ipRanges }: NetworkContext,
): boolean {
  const aws = endpointId === null ? ipRanges?.lookup(address) : null;
  return aws !== null && aws !== undefined && (region === null || aws.region === region);
}
