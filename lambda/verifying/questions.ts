import type { AddressPlace } from '../store/answers';
import { isFinal } from '../judging/hold';
import type { Judged } from '../judging/judge-workloads';
import type { Settings } from '../detection/model/settings';
import type { Verdict } from '../detection/judge/judge';

/** Who has an address, to be asked of EC2 in one account and Region. */
export interface Question extends AddressPlace {
  /** The VPC endpoint the call came through; null for public addresses and those at clusters. */
  readonly endpointId: string | null;
  /** The suspected instance where it is the account's own; else null. */
  readonly instanceId: string | null;
}

/** Questions about one workload at a time: the earliest origins first. */
const MOST = 10;

/** Account ids and Regions become part of ARNs and host names. */
const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

/**
 * Where EC2 may know who has the untrusted origins of a workload: its own account, in its Region and the address's, and the
 * account of the organisation that the network book names. Origins that nothing can explain are left out.
 */
export function questionsOf(
  { judgement }: Pick<Judged, 'judgement'>,
  settings: Pick<Settings, 'organizationAccounts'>,
): Question[] {
  const { subject, history, verdicts } = judgement;
  const { account, kind, id } = history.workload;
  const questions = new Map<string, Question>();
  for (const { type, origin, owner } of verdicts) {
    if (origin.ip === null || isFinal({ type }, settings)) continue;
    for (const place of placesOf(account, subject.region, owner)) {
      const instanceId = kind === 'ec2-instance' && place.account === account ? id : null;
      const host = origin.kind === 'endpoint' || origin.kind === 'cluster' ? id : null;
      const question = { ...place, ip: origin.ip, host, endpointId: origin.endpointId, instanceId };
      if (ACCOUNT.test(place.account) && REGION.test(place.region)) questions.set(JSON.stringify(question), question);
    }
  }
  return [...questions.values()].slice(0, MOST);
}

function placesOf(
  account: string,
  region: string | null,
  owner: Verdict['owner'],
): Pick<AddressPlace, 'account' | 'region'>[] {
  const regions = new Set([region, owner.region].filter((one) => one !== null));
  const own = [...regions].map((one) => ({ account, region: one }));
  const isOther = owner.ownership === 'organization-account' && owner.account !== null && owner.region !== null;
  return isOther ? [...own, { account: owner.account, region: owner.region }] : own;
}
