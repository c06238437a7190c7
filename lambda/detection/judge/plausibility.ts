import { cidrSet, isPrivateAddress, type CidrSet } from '../model/address';
import type { Because } from '../model/finding';
import { INVENTORY } from '../facts/facts';
import type { IpRanges } from '../model/ip-ranges';
import { knowsInterfaces, type NetworkBook } from '../network/network-book';
import type { Organization } from '../model/settings';
import { givenBefore, rejectedText, type RejectedChange } from './rejected-change';
import type { People } from './people';
import type { SeenOrigin } from '../model/origin';
import type { Settings, TrustedNetwork } from '../model/settings';
import { givenBy, strictlyHoldsAt, type Tenure } from '../network/address-tenure';
import { heldAt } from '../network/tenures-in-time';
import { isSameRegion, type Subject } from './subject';

/** Settings, `ip-ranges.json` and the network book, by which claims are assessed. */
export interface NetworkContext {
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  readonly organization: Organization;
  readonly book: NetworkBook;
  readonly people: People;
  readonly privateNetworks: CidrSet;
  readonly trusted: readonly (TrustedNetwork & { readonly range: CidrSet })[];
  /** Keys of origins about which facts may be missing: no first use is plausible there. */
  readonly unread: ReadonlySet<string>;
  /** Rejected changes by what they gave: see `byGiven`. */
  readonly rejectedGifts: ReadonlyMap<string, readonly RejectedChange[]>;
}

export type NetworkBasis = Pick<NetworkContext, 'settings' | 'ipRanges' | 'organization' | 'unread' | 'people'>;

export function networkContextOf(basis: NetworkBasis, book: NetworkBook): NetworkContext {
  const { privateNetworks, trustedNetworks } = basis.settings;
  const trusted = trustedNetworks.map((network) => ({ ...network, range: cidrSet([network.cidr]) }));
  return { ...basis, book, privateNetworks: cidrSet(privateNetworks), trusted, rejectedGifts: new Map() };
}

/** How plausible it is that an origin is the workload's own; zero: implausible. */
export const Strength = { none: 0, unverified: 1, firstUse: 2, egress: 3, declared: 4, own: 5 } as const;

export interface Claim {
  readonly strength: number;
  readonly because: Because | null;
  /** The reason, for or against. */
  readonly why: string;
  readonly events: readonly string[];
}

/** An origin, and when it was used with which role's credentials. */
export interface Use {
  readonly origin: SeenOrigin;
  /** Role name. */
  readonly role: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** The best claim an origin has according to the network; shared egress by count is assessed separately, from the peers' anchors. */
export function claimOf({ origin, role, time }: Use, subject: Subject, network: NetworkContext): Claim {
  if (isThroughForeignEndpoint(origin, subject, network))
    return implausible(`${origin.endpoint} is a VPC endpoint of a foreign account`, []);
  const own = ownAddress(origin, time, subject, network);
  if (own) return own;
  const declared = declaredNetwork(origin, role, subject, network);
  if (declared) return declared;
  const nat = natOf(origin, time, subject, network);
  if (nat) return nat;
  const rejected = givenBefore(origin, time, subject.history, network.rejectedGifts);
  if (rejected) return implausible(rejectedText(rejected), [rejected.change.eventId]);
  if (network.unread.has(origin.key))
    return implausible('the workload has more origins than are examined one by one', []);
  if (origin.kind === 'public') return publicFirstUse(origin, time, subject, network);
  if (origin.kind === 'endpoint' || origin.kind === 'cluster') return privateFirstUse(origin, time, subject, network);
  return implausible('calls cannot come from a private address without a VPC endpoint', []);
}

export function ownAddress(origin: SeenOrigin, time: number, subject: Subject, network: NetworkContext): Claim | null {
  if (origin.ip === null || origin.path === null) return null;
  const tenure = network.book.ownAddress(
    subject.history.workload.account,
    subject.history.workload.id,
    origin.ip,
    time,
  );
  if (!tenure) return null;
  return {
    strength: Strength.own,
    because: tenure.sinceAction === INVENTORY ? 'inventory' : 'own-address',
    why: `${givenBy(tenure)} ${tenure.address} to it`,
    events: [tenure.sinceEvent],
  };
}

export function declaredNetwork(
  origin: SeenOrigin,
  role: string,
  subject: Subject,
  { trusted }: NetworkContext,
): Claim | null {
  if (origin.ip === null) return null;
  const { account } = subject.history.workload;
  const network = trusted.find(
    ({ range, accounts, roles }) =>
      range.has(origin.address) &&
      (!accounts?.length || accounts.includes(account)) &&
      (!roles?.length || roles.some((one) => namesRole(one, role, account))),
  );
  if (!network) return null;
  return {
    strength: Strength.declared,
    because: 'declared',
    why: `trustedNetworks declares ${network.cidr}${network.why ? ` (${network.why})` : ''}`,
    events: [],
  };
}

/** Whether a setting names this role: by its name, or by its ARN with or without a path. */
export function namesRole(setting: string, role: string, account: string): boolean {
  if (!setting.startsWith('arn:')) return setting === role;
  return setting.includes(`:${account}:role/`) && setting.slice(setting.lastIndexOf('/') + 1) === role;
}

/** An address of a NAT gateway of the workload's VPC; of its account and Region where the VPC is unknown. */
export function natOf(origin: SeenOrigin, time: number, subject: Subject, network: NetworkContext): Claim | null {
  if (origin.ip === null || !(origin.kind === 'cluster' || isEgressPath(origin, subject, network))) return null;
  const { book } = network;
  const vpcId = subject.life?.vpcId ?? '';
  const held =
    origin.kind === 'public' ? book.byAddress.get(origin.ip) : book.privateByVpc.get(`${vpcId} ${origin.ip}`);
  const tenure = heldAt(held, time).find((one) => one.holder.kind === 'nat-gateway' && servesAsNat(one, subject));
  if (!tenure) return null;
  const where = subject.vpcId !== null ? `of its VPC ${subject.vpcId}` : 'of its account';
  return {
    strength: Strength.declared,
    because: 'shared-egress',
    why: `${origin.ip} is an address of NAT gateway ${tenure.holder.id} ${where}`,
    events: [tenure.sinceEvent],
  };
}

/**
 * Whether shared egress explains such an origin: anyone can have a private address behind an endpoint of their own, and
 * instances have the private addresses in a cluster's network one after the other.
 */
export function isEgressPath(origin: SeenOrigin, subject: Subject, network: NetworkContext): boolean {
  return (
    origin.kind === 'public' || (origin.kind === 'endpoint' && endpointStanding(origin, subject, network) === 'ours')
  );
}

function servesAsNat({ vpcId, account, region }: Tenure, subject: Subject): boolean {
  if (subject.vpcId !== null) return vpcId === subject.vpcId;
  return account === subject.history.workload.account && isSameRegion(subject.region, region);
}

function publicFirstUse(origin: SeenOrigin, time: number, subject: Subject, network: NetworkContext): Claim {
  const ip = origin.address;
  const other = otherInstanceAt(ip, time, subject, network);
  if (other)
    return implausible(`${ip} belonged to ${other.holder.id} of account ${other.account} at the time`, [
      other.sinceEvent,
    ]);
  if (origin.path === 'public-ipv6' && subject.life && knowsInterfaces(subject.life, time))
    return implausible(`its interfaces are known, and none had ${ip} at the time`, []);
  return ownedFirstUse(ip, time, subject, network) ?? awsFirstUse(ip, subject.region, network.ipRanges);
}

/** The tenure of another instance at a public address; null where that instance forwards traffic, and so shares it. */
export function otherInstanceAt(ip: string, time: number, subject: Subject, network: NetworkContext): Tenure | null {
  const { book } = network;
  const held = book.holderOf(ip, time);
  if (held?.holder.kind !== 'instance' || held.holder.id === subject.history.workload.id) return null;
  if (mayHost(held.account, subject, network)) return null;
  return book.forwards(held.account, held.holder.id, time) ? null : held;
}

/** Pods of a cluster use roles of any account of the organisation; other workloads are where their role is. */
function mayHost(account: string, { history }: Subject, { organization }: NetworkContext): boolean {
  const { kind, workload } = history;
  if (!kind.sitsOnHost || account === workload.account) return kind.sitsOnHost;
  return kind.lockPolicy(workload) === 'issuing-origin' && organization.standing(account) === 'ours';
}

/** An address that the workload's account or its organisation has. */
function ownedFirstUse(
  ip: string,
  time: number,
  subject: Subject,
  { book, organization }: NetworkContext,
): Claim | null {
  const { account } = subject.history.workload;
  const owner = book.accountOf(ip, time);
  if (owner?.account === account) return firstUse(`${ip} is an address of its account ${account}`);
  if (!owner || organization.standing(owner.account) !== 'ours') return null;
  return firstUse(`${ip} is an address of the organisation’s account ${owner.account}`);
}

function awsFirstUse(ip: string, region: string | null, ipRanges: IpRanges | null): Claim {
  if (!ipRanges) {
    const why = 'without ip-ranges.json the owner of the address is unknown';
    return { strength: Strength.unverified, because: 'first-use-unverified', why, events: [] };
  }
  const aws = ipRanges.lookup(ip);
  if (!aws) return implausible(`${ip} is in no AWS range`, []);
  if (!aws.ec2) return implausible(`${ip} belongs to AWS, but is in no EC2 range`, []);
  if (region !== null && aws.region !== 'GLOBAL' && aws.region !== region)
    return implausible(`${ip} is in ${aws.region}, the workload in ${region}`, []);
  return firstUse(`${ip} is an EC2 address of ${aws.region}`);
}

function privateFirstUse(origin: SeenOrigin, time: number, subject: Subject, network: NetworkContext): Claim {
  const ip = origin.address;
  const { life } = subject;
  if (life && knowsInterfaces(life, time))
    return implausible(`its interfaces are known, and none had ${ip} at the time`, []);
  const other = life?.vpcId
    ? heldAt(network.book.privateByVpc.get(`${life.vpcId} ${ip}`), time).find((one) => strictlyHoldsAt(one, time))
    : undefined;
  if (other && !subject.history.kind.sitsOnHost && other.holder.id !== subject.history.workload.id)
    return implausible(`${ip} belonged to ${other.holder.id} in this VPC`, [other.sinceEvent]);
  return firstUse(`nothing rules out ${ip}`);
}

/** `ours`: a VPC endpoint of the workload's account or its organisation. */
export function endpointStanding(
  origin: SeenOrigin,
  subject: Subject,
  { book, organization }: NetworkContext,
): 'ours' | 'foreign' | 'unknown' {
  const { account } = subject.history.workload;
  const place = origin.endpointId === null ? undefined : book.endpoints.get(origin.endpointId);
  const owner = origin.endpointAccount ?? place?.account ?? null;
  if (owner === null) return 'unknown';
  return owner === account ? 'ours' : organization.standing(owner);
}

/**
 * True where the record names an endpoint that is not ours: anyone can use the workload's address, public or private, in
 * a VPC of their own. Beside a public address an unknown owner counts as a foreign one.
 */
export function isThroughForeignEndpoint(origin: SeenOrigin, subject: Subject, network: NetworkContext): boolean {
  if (origin.endpointId === null) return false;
  const standing = endpointStanding(origin, subject, network);
  if (standing !== 'unknown') return standing === 'foreign';
  return origin.endpointAccount !== null && !isPrivateAddress(origin.address, network.privateNetworks);
}

function firstUse(why: string): Claim {
  return { strength: Strength.firstUse, because: 'first-use', why, events: [] };
}

function implausible(why: string, events: readonly string[]): Claim {
  return { strength: Strength.none, because: null, why, events };
}

/** True for a private address at a cluster of workloads that have many: the cluster shows whose network they are in. */
export function isInClusterNetwork({ kind }: SeenOrigin, { history }: Subject): boolean {
  return kind === 'cluster' && history.kind.lockPolicy(history.workload) !== 'first-use';
}

/**
 * The key of an origin in the lock. An address is one slot through all endpoints of the organisation; through any other
 * endpoint, endpoint and address are one slot together, since an attacker can use the same address.
 */
export function slotOf(origin: SeenOrigin, subject: Subject, network: NetworkContext): string {
  if (origin.kind !== 'endpoint' || endpointStanding(origin, subject, network) !== 'ours') return origin.key;
  return `private/${origin.address}`;
}
