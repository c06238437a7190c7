import { cidrSet, type CidrSet } from '../model/address';
import type { Because } from '../model/finding';
import { INVENTORY } from '../facts/facts';
import type { History } from '../facts/workload-history';
import type { IpRanges } from '../model/ip-ranges';
import { knowsInterfaces, type InstanceLife, type NetworkBook } from '../network/network-book';
import type { Organization } from '../model/settings';
import type { SeenOrigin } from '../model/origin';
import type { Settings, TrustedNetwork } from '../model/settings';
import { givenBy, holdsAt, type Tenure } from '../network/address-tenure';

/** What a claim is judged by: settings, `ip-ranges.json` and the book. No other workload's verdict. */
export interface NetworkContext {
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  readonly organization: Organization;
  readonly book: NetworkBook;
  readonly privateNetworks: CidrSet;
  readonly trusted: readonly (TrustedNetwork & { readonly range: CidrSet })[];
}

export function networkContextOf(
  settings: Settings,
  ipRanges: IpRanges | null,
  organization: Organization,
  book: NetworkBook,
): NetworkContext {
  const trusted = settings.trustedNetworks.map((network) => ({ ...network, range: cidrSet([network.cidr]) }));
  return { settings, ipRanges, organization, book, privateNetworks: cidrSet(settings.privateNetworks), trusted };
}

/** How well an origin can be the workload's own; higher is better. Zero is none: implausible. */
export const Strength = { none: 0, unverified: 1, firstUse: 2, egress: 3, declared: 4, own: 5 } as const;

export interface Claim {
  readonly strength: number;
  readonly because: Because | null;
  /** What makes it plausible, or what speaks against it. */
  readonly why: string;
  readonly events: readonly string[];
}

export interface Subject {
  readonly history: History;
  readonly life: InstanceLife | null;
  readonly region: string | null;
}

/** An origin, and when it was used with which role's credentials. */
export interface Use {
  readonly origin: SeenOrigin;
  /** Role name. */
  readonly role: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** The best claim an origin has by what is known of the network; shared egress by count comes on top, from the anchors. */
export function claimOf({ origin, role, time }: Use, who: Subject, ground: NetworkContext): Claim {
  const own = ownAddress(origin, time, who, ground);
  if (own) return own;
  const declared = declaredNetwork(origin, role, who, ground);
  if (declared) return declared;
  const nat = natOf(origin, time, who, ground);
  if (nat) return nat;
  if (origin.kind === 'public') return publicFirstUse(origin, time, who, ground);
  if (origin.kind === 'endpoint') return endpointFirstUse(origin, time, who, ground);
  return implausible('a private address without a VPC endpoint is no address a call can come from', []);
}

export function ownAddress(origin: SeenOrigin, time: number, who: Subject, { book }: NetworkContext): Claim | null {
  if (origin.ip === null || (origin.kind !== 'public' && origin.kind !== 'endpoint')) return null;
  const tenure = book.ownAddress(who.history.workload.account, who.history.workload.id, origin.ip, time);
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
  who: Subject,
  { trusted }: NetworkContext,
): Claim | null {
  if (origin.kind !== 'public' && origin.kind !== 'endpoint' && origin.kind !== 'implausible') return null;
  const { account } = who.history.workload;
  const network = trusted.find(
    ({ range, accounts, roles }) =>
      range.has(origin.ip ?? '') &&
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

/** A role as people write it in settings: its name, or its ARN with or without a path. */
export function namesRole(setting: string, role: string, account: string): boolean {
  if (!setting.startsWith('arn:')) return setting === role;
  return setting.includes(`:${account}:role/`) && setting.slice(setting.lastIndexOf('/') + 1) === role;
}

/** An address of a NAT gateway of the workload's VPC; of its account and Region where the VPC is unknown. */
export function natOf(origin: SeenOrigin, time: number, who: Subject, { book }: NetworkContext): Claim | null {
  if (origin.kind !== 'public' || origin.ip === null) return null;
  const held = book.byAddress.get(origin.ip) ?? [];
  const tenure = held.find((one) => one.holder.kind === 'nat-gateway' && servesAsNat(one, who) && holdsAt(one, time));
  if (!tenure) return null;
  const where = who.life?.vpcId ? `of its VPC ${who.life.vpcId}` : 'of its account';
  return {
    strength: Strength.declared,
    because: 'shared-egress',
    why: `${origin.ip} is an address of NAT gateway ${tenure.holder.id} ${where}`,
    events: [tenure.sinceEvent],
  };
}

function servesAsNat({ vpcId, account, region }: Tenure, who: Subject): boolean {
  if (who.life?.vpcId) return vpcId === who.life.vpcId;
  return account === who.history.workload.account && (who.region === null || region === who.region);
}

function publicFirstUse(origin: SeenOrigin, time: number, who: Subject, ground: NetworkContext): Claim {
  const ip = origin.ip ?? '';
  const other = otherInstanceAt(ip, time, who, ground);
  if (other)
    return implausible(`${ip} sat on ${other.holder.id} of account ${other.account} at the time`, [other.sinceEvent]);
  if (origin.path === 'public-ipv6' && who.life && knowsInterfaces(who.life, time))
    return implausible(`its interfaces are known, and none had ${ip} at the time`, []);
  return ownedFirstUse(ip, time, who, ground) ?? awsFirstUse(ip, who.region, ground.ipRanges);
}

/** The tenure of another instance that has a public address for itself: one that forwards shares it. */
export function otherInstanceAt(ip: string, time: number, who: Subject, { book }: NetworkContext): Tenure | null {
  const held = book.holderOf(ip, time);
  if (held?.holder.kind !== 'instance' || held.holder.id === who.history.workload.id) return null;
  if (who.history.kind.sitsOnHost && held.account === who.history.workload.account) return null;
  return book.forwards(held.account, held.holder.id, time) ? null : held;
}

/** An address that the workload's account or its organisation has. */
function ownedFirstUse(ip: string, time: number, who: Subject, { book, organization }: NetworkContext): Claim | null {
  const { account } = who.history.workload;
  const owner = book.accountOf(ip, time);
  if (owner?.account === account) return firstUse(`${ip} is an address of its account ${account}`);
  if (!owner || organization.standing(owner.account) !== 'ours') return null;
  return firstUse(`${ip} is an address of the organisation’s account ${owner.account}`);
}

function awsFirstUse(ip: string, region: string | null, ipRanges: IpRanges | null): Claim {
  if (!ipRanges) {
    const why = 'no ip-ranges.json was given, so nothing says whose address it is';
    return { strength: Strength.unverified, because: 'first-use-unverified', why, events: [] };
  }
  const aws = ipRanges.lookup(ip);
  if (!aws) return implausible(`${ip} is in no AWS range`, []);
  if (!aws.ec2) return implausible(`${ip} is AWS's, but in no range of EC2`, []);
  if (region !== null && aws.region !== 'GLOBAL' && aws.region !== region)
    return implausible(`${ip} is in ${aws.region}, the workload in ${region}`, []);
  return firstUse(`${ip} is an EC2 address of ${aws.region}`);
}

function endpointFirstUse(origin: SeenOrigin, time: number, who: Subject, ground: NetworkContext): Claim {
  const ip = origin.ip ?? '';
  if (endpointStanding(origin, who, ground) === 'foreign')
    return implausible(`${origin.endpointId ?? ''} is a VPC endpoint of a foreign account`, []);
  const { life } = who;
  if (life && knowsInterfaces(life, time))
    return implausible(`its interfaces are known, and none had ${ip} at the time`, []);
  const other = life?.vpcId
    ? (ground.book.privateByVpc.get(`${life.vpcId} ${ip}`) ?? []).find((tenure) => holdsAt(tenure, time))
    : undefined;
  if (other && !who.history.kind.sitsOnHost && other.holder.id !== who.history.workload.id)
    return implausible(`${ip} was ${other.holder.id}'s in this VPC`, [other.sinceEvent]);
  return firstUse(`nothing known speaks against ${ip}`);
}

/** Whose a VPC endpoint is: ours by its owner or because the book places it in the workload's VPC. */
export function endpointStanding(
  origin: SeenOrigin,
  who: Subject,
  { book, organization }: NetworkContext,
): 'ours' | 'foreign' | 'unknown' {
  const { account } = who.history.workload;
  const place = origin.endpointId === null ? undefined : book.endpoints.get(origin.endpointId);
  const owner = origin.endpointAccount ?? place?.account ?? null;
  if (owner === null) return 'unknown';
  return owner === account ? 'ours' : organization.standing(owner);
}

function firstUse(why: string): Claim {
  return { strength: Strength.firstUse, because: 'first-use', why, events: [] };
}

function implausible(why: string, events: readonly string[]): Claim {
  return { strength: Strength.none, because: null, why, events };
}

/** Whether an address can be that of a workload which calls from AWS addresses that change. */
export interface AwsClaim {
  readonly trusted: boolean;
  /** False where no `ip-ranges.json` says whose it is. */
  readonly verified: boolean;
  readonly why: string;
}

/** `region` is that of the call's own `inScopeOf`, where it has one: functions of one name live in several Regions. */
export function awsClaim(ip: string, region: string | null, who: Subject, { ipRanges }: NetworkContext): AwsClaim {
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

/**
 * What a lock holds. A private address is one slot through every endpoint of ours; through an endpoint of unknown
 * ownership the pair is the lock, since a thief can give his own machine the same private address.
 */

export function slotOf(origin: SeenOrigin, who: Subject, ground: NetworkContext): string {
  if (origin.kind !== 'endpoint' || endpointStanding(origin, who, ground) !== 'ours') return origin.key;
  return `private/${origin.ip ?? ''}`;
}

export function subjectOf(history: History, { book }: Pick<NetworkContext, 'book'>): Subject {
  const life = book.instance(history.workload.account, history.workload.id);
  return { history, life, region: regionOf(history) ?? life?.region ?? null };
}

/** From the `inScopeOf` ARN or the issuance; never from the endpoint called. */
function regionOf({ sightings, issuances }: History): string | null {
  return (
    sightings.find(({ caller }) => caller.region !== null)?.caller.region ??
    issuances.find(({ region }) => region !== null)?.region ??
    null
  );
}
