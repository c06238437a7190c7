import type { Caller } from '../facts/facts';
import type { NetworkContext } from './plausibility';
import type { Subject } from './subject';

/** Whether an address is plausible for a workload that calls from changing AWS addresses. */
export interface AwsClaim {
  readonly trusted: boolean;
  /** False without `ip-ranges.json`. */
  readonly verified: boolean;
  readonly why: string;
}

/** Functions in several Regions may share a name, so the Region is that of the call's own credentials where records show it. */
export function awsClaim(ip: string, caller: Caller, subject: Subject, { ipRanges }: NetworkContext): AwsClaim {
  const { noun } = subject.history.kind;
  if (!ipRanges)
    return { trusted: true, verified: false, why: 'without ip-ranges.json the owner of the address is unknown' };
  const aws = ipRanges.lookup(ip);
  if (!aws)
    return { trusted: false, verified: true, why: `${ip} is in no AWS range, and a ${noun} calls from AWS addresses` };
  const homes = homesOf(caller, subject);
  if (homes.length === 0 || aws.region === 'GLOBAL' || homes.includes('GLOBAL') || homes.includes(aws.region)) {
    return {
      trusted: true,
      verified: true,
      why: `${ip} is an AWS address of ${aws.region}, and a ${noun} has no address of its own`,
    };
  }
  return { trusted: false, verified: true, why: `${ip} is in ${aws.region}, the ${noun} in ${homes.join(' and ')}` };
}

/** `GLOBAL` for functions at the edge; all Regions of the name where nothing shows those of the credentials. */
function homesOf({ accessKeyId, region }: Caller, { keyRegions }: Subject): readonly string[] {
  const known = accessKeyId === null ? undefined : keyRegions.get(accessKeyId);
  if (known === 'GLOBAL') return [known];
  const home = region ?? known;
  return home === undefined ? [...new Set(keyRegions.values())].sort() : [home];
}
