import type { Claimant, Ground } from './judge/plausibility';

/** Whether an address can be that of a workload which calls from AWS addresses that change. */
export interface AwsClaim {
  readonly trusted: boolean;
  /** False where no `ip-ranges.json` says whose it is. */
  readonly verified: boolean;
  readonly why: string;
}

/** `region` is that of the call's own `inScopeOf`, where it has one: functions of one name live in several Regions. */
export function awsClaim(ip: string, region: string | null, who: Claimant, { ipRanges }: Ground): AwsClaim {
  const { noun } = who.history.kind;
  if (!ipRanges)
    return { trusted: true, verified: false, why: 'no ip-ranges.json was given, so nothing says whose address it is' };
  const aws = ipRanges.lookup(ip);
  if (!aws)
    return { trusted: false, verified: true, why: `${ip} is in no AWS range, and a ${noun} calls from AWS addresses` };
  const home = region ?? who.region;
  const anywhere =
    home === null || aws.region === 'GLOBAL' || who.history.issuances.some((issuance) => issuance.region === 'GLOBAL');
  if (anywhere || aws.region === home) {
    return {
      trusted: true,
      verified: true,
      why: `${ip} is an AWS address of ${aws.region}, and a ${noun} has no address of its own`,
    };
  }
  return { trusted: false, verified: true, why: `${ip} is in ${aws.region}, the ${noun} in ${home}` };
}
