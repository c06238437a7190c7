import type { Case } from './case';
import { endpointStanding } from './claims';
import type { FindingType, Ownership, Severity } from './finding';
import { originText } from './origin';
import { holdsAt, strictlyHoldsAt } from './tenure';

/** Whose place an origin is. */
export interface Owner {
  readonly ownership: Ownership;
  readonly account: string | null;
  readonly region: string | null;
  /** Workloads known to sit or be anchored there. */
  readonly workloads: readonly string[];
  readonly why: string;
}

const SAID: Record<Ownership, { type: FindingType; severity: Severity }> = {
  'outside-aws': { type: 'OutsideAWS', severity: 'HIGH' },
  aws: { type: 'InsideAWS', severity: 'HIGH' },
  'foreign-account': { type: 'InsideAWS', severity: 'HIGH' },
  unknown: { type: 'UnknownOwner', severity: 'HIGH' },
  'organization-account': { type: 'AffiliatedAccount', severity: 'MEDIUM' },
  'same-account': { type: 'SameAccount', severity: 'MEDIUM' },
  none: { type: 'ImplausibleOrigin', severity: 'HIGH' },
};

/** Ownership names the type, the type the severity; an implausible origin weighs less while nothing contradicts it. */
export function typeOf(owner: Owner, trial: Case): { type: FindingType; severity: Severity } {
  if (owner.ownership === 'none')
    return { type: 'ImplausibleOrigin', severity: trial.learned.anchors.size === 0 ? 'MEDIUM' : 'HIGH' };
  if (trial.origin.kind === 'endpoint' && (owner.ownership === 'foreign-account' || owner.ownership === 'unknown'))
    return { type: 'ForeignEndpoint', severity: 'HIGH' };
  return SAID[owner.ownership];
}

export function ownerOf(trial: Case): Owner {
  const { kind } = trial.origin;
  if (kind === 'endpoint') return endpointOwner(trial);
  if (kind === 'public') return publicOwner(trial);
  const why =
    kind === 'service'
      ? `${trial.origin.service ?? ''} is a service of AWS`
      : `${trial.origin.ip ?? ''} is a private address, and no VPC endpoint is named`;
  return { ownership: 'none', account: null, region: null, workloads: [], why };
}

function publicOwner(trial: Case): Owner {
  const { origin, time, around, who } = trial;
  const ip = origin.ip ?? '';
  const aws = around.ipRanges?.lookup(ip) ?? null;
  const booked = around.book.accountOf(ip, time);
  const holder = around.book.holderOf(ip, time)?.holder;
  const region = booked?.region || aws?.region || null;
  if (booked) {
    const workloads = holder?.kind === 'instance' ? [holder.id] : [];
    const why = holder
      ? `${ip} was on ${holder.id} of account ${booked.account}`
      : `${ip} was an address of account ${booked.account}`;
    return accountOwner(trial, booked.account, { region, workloads, why });
  }
  if (around.ipRanges && !aws)
    return {
      ownership: 'outside-aws',
      account: null,
      region: null,
      workloads: [],
      why: `${ip} is in no AWS range (ip-ranges.json of ${around.ipRanges.createDate})`,
    };
  const anchored = around.anchoredAt(ip).filter(({ key }) => key !== who.history.key);
  const near = anchored.find(({ workload }) => workload.account === who.history.workload.account) ?? anchored[0];
  if (near) {
    const workloads = anchored
      .filter(({ workload }) => workload.account === near.workload.account)
      .map(({ workload }) => workload.id);
    const why = `${ip} is where ${listed(workloads)} of account ${near.workload.account} call${workloads.length === 1 ? 's' : ''} from`;
    return accountOwner(trial, near.workload.account, { region, workloads, why });
  }
  if (!aws)
    return {
      ownership: 'unknown',
      account: null,
      region: null,
      workloads: [],
      why: `without ip-ranges.json nobody can say whose ${ip} is`,
    };
  return {
    ownership: 'aws',
    account: null,
    region,
    workloads: [],
    why: `${ip} is an AWS address in ${aws.region} (${aws.services.join(', ')}) of no account known here`,
  };
}

function accountOwner(
  { who, around }: Case,
  account: string,
  rest: Pick<Owner, 'region' | 'workloads' | 'why'>,
): Owner {
  if (account === who.history.workload.account) return { ownership: 'same-account', account, ...rest };
  const standing = around.organization.standing(account);
  const ownership =
    standing === 'ours' ? 'organization-account' : standing === 'foreign' ? 'foreign-account' : 'unknown';
  return { ownership, account, ...rest };
}

function endpointOwner(trial: Case): Owner {
  const { origin, who, around, time } = trial;
  const place = around.book.endpoints.get(origin.endpointId ?? '');
  const account = origin.endpointAccount ?? place?.account ?? null;
  const region = place?.region ?? null;
  const sameEndpoint = [...trial.learned.lock.values()].some((entry) => entry.origin.endpointId === origin.endpointId);
  const owner = account ?? (sameEndpoint ? who.history.workload.account : null);
  const text = `${originText(origin)}`;
  if (owner === null)
    return {
      ownership: 'unknown',
      account: null,
      region,
      workloads: [],
      why: `no record says whose VPC endpoint ${text} is`,
    };
  const workloads = neighbours(trial);
  const host = workloads.length > 0 ? `, and ${origin.ip ?? ''} is ${listed(workloads)}` : '';
  const why = `the VPC endpoint ${origin.endpointId ?? ''} belongs to account ${owner}${host}`;
  if (endpointStanding(origin, who, around) === 'unknown' && account !== null)
    return { ownership: 'unknown', account, region, workloads, why };
  return accountOwner(trial, owner, { region, workloads, why });

  function neighbours({ around: { book, anchoredAt } }: Case): string[] {
    const vpcId = who.life?.vpcId ?? place?.vpcId;
    const held = (vpcId ? (book.privateByVpc.get(`${vpcId} ${origin.ip ?? ''}`) ?? []) : []).filter(
      (tenure) => strictlyHoldsAt(tenure, time) || holdsAt(tenure, time),
    );
    const there = anchoredAt(text).filter(({ key }) => key !== who.history.key);
    const ids = [...held.map(({ holder }) => holder.id), ...there.map(({ workload }) => workload.id)];
    return [...new Set(ids)].filter((id) => id !== who.history.workload.id);
  }
}

export function listed(ids: readonly string[], most = 3): string {
  const shown = [...ids].sort().slice(0, most).join(', ');
  return ids.length > most ? `${shown} and ${ids.length - most} more` : shown;
}
