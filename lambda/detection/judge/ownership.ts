import type { RuleInput } from './rule';
import type { FindingType, Ownership, Severity } from '../model/finding';
import type { AwsAddress } from '../model/ip-ranges';
import { originText } from '../model/origin';
import { holdsAt } from '../network/address-tenure';

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
export function typeOf(owner: Owner, trial: RuleInput): { type: FindingType; severity: Severity } {
  if (owner.ownership === 'none')
    return { type: 'ImplausibleOrigin', severity: trial.learned.anchors.size === 0 ? 'MEDIUM' : 'HIGH' };
  if (trial.origin.kind === 'endpoint' && (owner.ownership === 'foreign-account' || owner.ownership === 'unknown'))
    return { type: 'ForeignEndpoint', severity: 'HIGH' };
  return SAID[owner.ownership];
}

export function ownerOf(trial: RuleInput): Owner {
  const { kind, service, ip } = trial.origin;
  if (kind === 'endpoint') return endpointOwner(trial);
  if (kind === 'public') return publicOwner(trial, ip ?? '');
  if (kind === 'service') return nobody('none', `${service ?? ''} is a service of AWS`);
  return nobody('none', `${ip ?? ''} is a private address, and no VPC endpoint is named`);
}

function nobody(ownership: Ownership, why: string, region: string | null = null): Owner {
  return { ownership, account: null, region, workloads: [], why };
}

/** By the book, by AWS's ranges, by who else is at home there; in this order. */
function publicOwner(trial: RuleInput, ip: string): Owner {
  const { ipRanges } = trial.around;
  const aws = ipRanges?.lookup(ip) ?? null;
  const booked = bookedOwner(trial, ip, aws);
  if (booked) return booked;
  if (ipRanges && !aws)
    return nobody('outside-aws', `${ip} is in no AWS range (ip-ranges.json of ${ipRanges.createDate})`);
  const neighbour = neighbourOwner(trial, ip, aws);
  if (neighbour) return neighbour;
  if (!aws) return nobody('unknown', `without ip-ranges.json nobody can say whose ${ip} is`);
  const services = aws.services.join(', ');
  return nobody('aws', `${ip} is an AWS address in ${aws.region} (${services}) of no account known here`, aws.region);
}

/** The account that the address belonged to at the time, by the records of changes. */
function bookedOwner(trial: RuleInput, ip: string, aws: AwsAddress | null): Owner | null {
  const { book } = trial.around;
  const booked = book.accountOf(ip, trial.time);
  if (!booked) return null;
  const { account } = booked;
  const holder = book.holderOf(ip, trial.time)?.holder;
  const region = booked.region || (aws?.region ?? null);
  if (!holder)
    return accountOwner(trial, account, { region, workloads: [], why: `${ip} was an address of account ${account}` });
  const workloads = holder.kind === 'instance' ? [holder.id] : [];
  return accountOwner(trial, account, { region, workloads, why: `${ip} was on ${holder.id} of account ${account}` });
}

/** The account of the workloads that are anchored there: the workload's own before others. */
function neighbourOwner(trial: RuleInput, ip: string, aws: AwsAddress | null): Owner | null {
  const { key, workload } = trial.who.history;
  const others = trial.around.anchoredAt(ip).filter((one) => one.key !== key);
  const near = others.find((one) => one.workload.account === workload.account) ?? others[0];
  if (!near) return null;
  const { account } = near.workload;
  const workloads = others.filter((one) => one.workload.account === account).map((one) => one.workload.id);
  const calls = workloads.length === 1 ? 'calls' : 'call';
  const why = `${ip} is where ${listed(workloads)} of account ${account} ${calls} from`;
  return accountOwner(trial, account, { region: aws?.region ?? null, workloads, why });
}

const BY_STANDING = { ours: 'organization-account', foreign: 'foreign-account', unknown: 'unknown' } as const;

function accountOwner(
  { who, around }: RuleInput,
  account: string,
  rest: Pick<Owner, 'region' | 'workloads' | 'why'>,
): Owner {
  const isOwn = account === who.history.workload.account;
  return { ownership: isOwn ? 'same-account' : BY_STANDING[around.organization.standing(account)], account, ...rest };
}

const NO_PLACE = { vpcId: null, account: null, region: null };

function endpointOwner(trial: RuleInput): Owner {
  const { who, around } = trial;
  const { endpointAccount } = trial.origin;
  const [endpointId = '', ip = ''] = originText(trial.origin).split('/');
  const place = around.book.endpoints.get(endpointId) ?? NO_PLACE;
  const { region } = place;
  const account = endpointAccount ?? place.account ?? accountByUse(trial);
  if (account === null) return nobody('unknown', `no record says whose VPC endpoint ${endpointId}/${ip} is`, region);
  const workloads = neighboursAt(trial, who.life?.vpcId ?? place.vpcId);
  const host = workloads.length > 0 ? `, and ${ip} is ${listed(workloads)}` : '';
  const why = `the VPC endpoint ${endpointId} belongs to account ${account}${host}`;
  return accountOwner(trial, account, { region, workloads, why });
}

/** An endpoint the workload itself passes is of its account's network, whoever owns it. */
function accountByUse({ origin, who, learned }: RuleInput): string | null {
  const usesIt = [...learned.lock.values()].some((entry) => entry.origin.endpointId === origin.endpointId);
  return usesIt ? who.history.workload.account : null;
}

/** Other workloads that have this private address in the VPC, or are anchored at it behind this endpoint. */
function neighboursAt({ origin, who, around, time }: RuleInput, vpcId: string | null): string[] {
  const { workload, key } = who.history;
  const held = vpcId === null ? [] : (around.book.privateByVpc.get(`${vpcId} ${origin.ip ?? ''}`) ?? []);
  const there = around.anchoredAt(originText(origin)).filter((one) => one.key !== key);
  const ids = [
    ...held.filter((tenure) => holdsAt(tenure, time)).map(({ holder }) => holder.id),
    ...there.map((one) => one.workload.id),
  ];
  return [...new Set(ids)].filter((id) => id !== workload.id);
}

export function listed(ids: readonly string[], most = 3): string {
  const shown = [...ids].sort().slice(0, most).join(', ');
  return ids.length > most ? `${shown} and ${ids.length - most} more` : shown;
}
