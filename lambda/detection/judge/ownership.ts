import type { AnchoredWorkload, Peers } from './peers';
import type { Learned, RuleInput } from './rule';
import type { Subject } from './subject';
import { severityOf } from '../findings/finding-types';
import type { FindingType, Ownership, Severity } from '../model/finding';
import type { AwsAddress } from '../model/ip-ranges';
import { clusterText, originText } from '../model/origin';
import { compareText } from '../model/compare-text';
import type { WorkloadKey } from '../model/workload';
import { isRivalledAt } from './displaced-first-use';
import { heldAt } from '../network/tenures-in-time';

/** The account or network that an origin belongs to. */
export interface Owner {
  readonly ownership: Ownership;
  readonly account: string | null;
  readonly region: string | null;
  readonly why: string;
}

const TYPES: Readonly<Record<Ownership, FindingType>> = {
  'outside-aws': 'OutsideAWS',
  aws: 'InsideAWS',
  'foreign-account': 'InsideAWS',
  unknown: 'UnknownOwner',
  'organization-account': 'AffiliatedAccount',
  'same-account': 'SameAccount',
  none: 'ImplausibleOrigin',
};

/** The finding for an untrusted origin that no rule names a type for. */
export function findingByOwner(
  { ownership }: Owner,
  { origin, learned }: RuleInput,
): { type: FindingType; severity: Severity } {
  const isForeign = ownership === 'foreign-account' || ownership === 'unknown';
  const type = origin.endpointId !== null && isForeign ? 'ForeignEndpoint' : TYPES[ownership];
  return { type, severity: severityOf(type, type === 'ImplausibleOrigin' && learned.anchors.size === 0) };
}

/** What the owner of an origin depends on. */
export type OwnerInput = Pick<RuleInput, 'subject' | 'origin' | 'time' | 'peers'> & {
  readonly learned: Pick<Learned, 'lock'>;
};

export function ownerOf(input: OwnerInput): Owner {
  const { kind, address } = input.origin;
  if (kind === 'endpoint') return endpointOwner(input);
  if (kind === 'cluster') return clusterOwner(input);
  if (kind === 'public') return publicOwner(input, address);
  if (kind === 'service') return ownerless('none', `${originText(input.origin)} is a service of AWS`);
  return ownerless('none', `${address} is a private address, and no VPC endpoint is named`);
}

function ownerless(ownership: Ownership, why: string, region: string | null = null): Owner {
  return { ownership, account: null, region, why };
}

/** In this order: the network book, AWS's ranges, other workloads anchored there. */
function publicOwner(input: OwnerInput, ip: string): Owner {
  const { ipRanges } = input.peers;
  const aws = ipRanges?.lookup(ip) ?? null;
  const booked = bookedOwner(input, ip, aws);
  if (booked) return booked;
  if (ipRanges && !aws)
    return ownerless('outside-aws', `${ip} is in no AWS range (ip-ranges.json of ${ipRanges.createDate})`);
  const peer = peerOwner(input, ip, aws);
  if (peer) return peer;
  if (!aws) return ownerless('unknown', `the owner of ${ip} is unknown without ip-ranges.json`);
  const services = aws.services.join(', ');
  return ownerless(
    'aws',
    `${ip} is an AWS address in ${aws.region} (${services}) of no account known here`,
    aws.region,
  );
}

/** The account that the address belonged to at the time, by the records of changes. */
function bookedOwner(input: OwnerInput, ip: string, aws: AwsAddress | null): Owner | null {
  const { book } = input.peers;
  const booked = book.accountOf(ip, input.time);
  if (!booked) return null;
  const { account } = booked;
  const holder = book.holderOf(ip, input.time)?.holder;
  const region = booked.region || (aws?.region ?? null);
  if (!holder) return accountOwner(input, account, { region, why: `${ip} was an address of account ${account}` });
  return accountOwner(input, account, { region, why: `${ip} was on ${holder.id} of account ${account}` });
}

/** The account of the workloads that are anchored there; the workload's own account first. */
function peerOwner(input: OwnerInput, ip: string, aws: AwsAddress | null): Owner | null {
  const { key, workload } = input.subject.history;
  if (input.peers.book.lostAt(ip, input.time) !== null) return null;
  const there = unrivalledAt(ip, input.peers);
  for (const account of [workload.account, ...there.keys()]) {
    const ids = there.get(account);
    const others = (ids?.size ?? 0) - Number(ids?.has(key) ?? false);
    if (!ids || others === 0) continue;
    const first = [...firstOf(ids, MOST_LISTED + 1)].flatMap(([other, id]) => (other === key ? [] : id));
    const why = `${ip} is where ${listed(first, others)} of account ${account} ${others === 1 ? 'calls' : 'call'} from`;
    return accountOwner(input, account, { region: aws?.region ?? null, why });
  }
  return null;
}

/** The list that `anchoredAt` gives belongs to one judging basis. */
const unrivalled = new WeakMap<readonly AnchoredWorkload[], ReadonlyMap<string, ReadonlyMap<WorkloadKey, string>>>();

/** The workloads anchored at an address that have no better claim elsewhere: by account, their ids in order. */
function unrivalledAt(ip: string, peers: Peers): ReadonlyMap<string, ReadonlyMap<WorkloadKey, string>> {
  const there = peers.anchoredAt(ip);
  const known = unrivalled.get(there);
  if (known) return known;
  const found = new Map<string, Map<WorkloadKey, string>>();
  const here = there.filter((one) => !isRivalledAt(one, ip, peers));
  // Accounts in the order of the list.
  for (const { workload } of here) found.set(workload.account, new Map());
  for (const { key, workload } of [...here].sort((a, b) => compareText(a.workload.id, b.workload.id)))
    found.get(workload.account)?.set(key, workload.id);
  unrivalled.set(there, found);
  return found;
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

const BY_STANDING = { ours: 'organization-account', foreign: 'foreign-account', unknown: 'unknown' } as const;

function accountOwner({ subject, peers }: OwnerInput, account: string, rest: Pick<Owner, 'region' | 'why'>): Owner {
  const isOwn = account === subject.history.workload.account;
  return { ownership: isOwn ? 'same-account' : BY_STANDING[peers.organization.standing(account)], account, ...rest };
}

/** The owner of a VPC endpoint, as far as records show it. */
export interface EndpointOwner {
  readonly account: string | null;
  readonly standing: 'own' | 'ours' | 'foreign' | 'unknown';
}

/** By endpoint id: the owners of all endpoints the workload was seen at, whether trusted or not. */
export function endpointOwners({ history }: Subject, { book, organization }: Peers): Map<string, EndpointOwner> {
  const owners = new Map<string, EndpointOwner>();
  for (const { origin } of history.sightings) {
    const { endpointId } = origin;
    if (endpointId === null || owners.get(endpointId)?.account) continue;
    const account = origin.endpointAccount ?? book.endpoints.get(endpointId)?.account ?? null;
    const isOwn = account === history.workload.account;
    const standing = isOwn ? 'own' : account === null ? 'unknown' : organization.standing(account);
    owners.set(endpointId, { account, standing });
  }
  return owners;
}

const NO_PLACE = { vpcId: null, account: null, region: null };

function endpointOwner(input: OwnerInput): Owner {
  const { subject, peers } = input;
  const { endpointAccount } = input.origin;
  const endpointId = input.origin.endpoint;
  const ip = input.origin.address;
  const place = peers.book.endpoints.get(endpointId) ?? NO_PLACE;
  const { region } = place;
  const account = endpointAccount ?? place.account ?? accountByUse(input);
  if (account === null)
    return ownerless('unknown', `no record shows the owner of the VPC endpoint ${endpointId}/${ip}`, region);
  const workloads = workloadsAt(input, subject.life?.vpcId ?? place.vpcId);
  const host = workloads.length > 0 ? `, and ${ip} is ${listed(workloads)}` : '';
  const why = `the VPC endpoint ${endpointId} belongs to account ${account}${host}`;
  return accountOwner(input, account, { region, why });
}

/** A cluster's log shows private addresses of its own network, or of one that its account connected. */
function clusterOwner(input: OwnerInput): Owner {
  const { origin, subject } = input;
  const ip = origin.address;
  const workloads = workloadsAt(input, subject.life?.vpcId ?? null);
  const host =
    workloads.length > 0 ? `, where ${listed(workloads)} ${workloads.length === 1 ? 'calls' : 'call'} from` : '';
  const [, , , , account = ''] = (origin.cluster ?? '').split(':');
  const why = `${ip} is a private address in the network of ${clusterText(origin.cluster ?? '')}${host}`;
  return accountOwner(input, account === '' ? subject.history.workload.account : account, {
    region: null,
    why,
  });
}

/** An endpoint that the workload itself uses counts as its account's. */
function accountByUse({ origin, subject, learned }: OwnerInput): string | null {
  const usesIt = [...learned.lock.values()].some((entry) => entry.origin.endpointId === origin.endpointId);
  return usesIt ? subject.history.workload.account : null;
}

/** Other workloads that have this private address in the VPC, or are anchored at it behind this endpoint. */
function workloadsAt({ origin, subject, peers, time }: OwnerInput, vpcId: string | null): string[] {
  const { workload, key } = subject.history;
  const held = vpcId === null ? [] : heldAt(peers.book.privateByVpc.get(`${vpcId} ${origin.address}`), time);
  const there = peers.anchoredAt(originText(origin)).filter((one) => one.key !== key);
  const ids = [
    ...held.filter(({ holder }) => holder.kind === 'instance').map(({ holder }) => holder.id),
    ...there.map((one) => one.workload.id),
  ];
  return [...new Set(ids)].filter((id) => id !== workload.id);
}

/** `count`: of all, where `ids` are the first of them alone. */
export function listed(ids: readonly string[], count = ids.length): string {
  const shown = [...ids].sort().slice(0, MOST_LISTED).join(', ');
  return count > MOST_LISTED ? `${shown} and ${count - MOST_LISTED} more` : shown;
}

const MOST_LISTED = 3;
