import { addressKey, type AddressKey, byFamily, type Cidr, lastNotAbove, parseCidr } from './address';
import { type Result } from './result';

/** An address in AWS's published ranges. */
export interface AwsAddress {
  /** As published: `eu-west-1`, or `GLOBAL`, which some EC2 prefixes have too. */
  readonly region: string;
  /** Services of every prefix around the address, sorted. */
  readonly services: readonly string[];
  /** True when one of them is EC2: the addresses that instances, NAT gateways and the like call from. */
  readonly ec2: boolean;
  readonly borderGroup: string | null;
}

/** AWS's published address ranges. */
export interface IpRanges {
  /** As published: `2026-08-01-00-00-00`, in UTC. */
  readonly createDate: string;
  /** Number of malformed entries, which are ignored. */
  readonly skipped: number;
  /** Takes canonical text; null when the address is not AWS's. */
  lookup(canonical: string): AwsAddress | null;
}

/**
 * Reads ip-ranges.json as AWS publishes it (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html). A bad
 * entry is left out and counted; anything else out of shape, or no usable entry at all, is a fault that names its field.
 */
export function parseIpRanges(json: unknown): Result<IpRanges> {
  if (!isObject(json))
    return { faults: [`must be an object with createDate, prefixes and ipv6_prefixes, got ${shown(json)}`] };
  const { createDate, prefixes, ipv6_prefixes: ipv6Prefixes } = json;
  if (typeof createDate !== 'string' || !CREATE_DATE.test(createDate))
    return { faults: [`createDate must be a time like 2026-08-01-00-00-00, got ${shown(createDate)}`] };
  if (!Array.isArray(prefixes)) return { faults: [`prefixes must be a list, got ${shown(prefixes)}`] };
  if (!Array.isArray(ipv6Prefixes)) return { faults: [`ipv6_prefixes must be a list, got ${shown(ipv6Prefixes)}`] };
  const networks = new Map<string, Network>();
  const skipped = gather(networks, prefixes, 'ip_prefix') + gather(networks, ipv6Prefixes, 'ipv6_prefix');
  if (networks.size === 0)
    return {
      faults: [`prefixes must hold entries with ip_prefix, region and service, none of the ${skipped} given does`],
    };
  return { value: { createDate, skipped, lookup: lookupIn([...networks.values()]) } };
}

const CREATE_DATE = /^\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}$/;

interface Entry {
  readonly region: string;
  readonly service: string;
  readonly borderGroup: string | null;
}

interface Network extends Cidr {
  readonly entries: [Entry, ...Entry[]];
}

/** Adds the entries of one list to the networks they name; returns the number of malformed ones. */
function gather(networks: Map<string, Network>, list: readonly unknown[], field: 'ip_prefix' | 'ipv6_prefix'): number {
  let skipped = 0;
  for (const item of list) {
    if (!isObject(item) || !gatherOne(networks, item, item[field])) skipped += 1;
  }
  return skipped;
}

function gatherOne(networks: Map<string, Network>, item: Record<string, unknown>, text: unknown): boolean {
  const entry = entryOf(item);
  if (entry === null || typeof text !== 'string') return false;
  const same = networks.get(text);
  if (same !== undefined) return same.entries.push(entry) > 0;
  const cidr = parseCidr(text);
  if (cidr !== null) networks.set(text, { ...cidr, entries: [entry] });
  return cidr !== null;
}

function entryOf({ region, service, network_border_group: borderGroup }: Record<string, unknown>): Entry | null {
  if (typeof region !== 'string' || typeof service !== 'string' || region === '' || service === '') return null;
  return { region, service, borderGroup: typeof borderGroup === 'string' ? borderGroup : null };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Networks in order of their first address, the wider first; `parents` is the next network around each, or -1. */
interface Tree {
  readonly starts: AddressKey[];
  readonly lasts: AddressKey[];
  readonly parents: number[];
  readonly known: AwsAddress[];
}

function lookupIn(networks: readonly Network[]): IpRanges['lookup'] {
  const intern = interning();
  const [ipv4Networks, ipv6Networks] = byFamily(networks);
  const ipv4 = treeOf(ipv4Networks, intern);
  const ipv6 = treeOf(ipv6Networks, intern);
  return (canonical) => {
    const key = addressKey(canonical);
    return key === null ? null : innermost(typeof key === 'number' ? ipv4 : ipv6, key);
  };
}

function innermost(tree: Tree, key: AddressKey): AwsAddress | null {
  let at = lastNotAbove(tree.starts, key);
  while (endsBefore(tree.lasts[at], key)) at = tree.parents[at] ?? -1;
  return tree.known[at] ?? null;
}

function endsBefore(last: AddressKey | undefined, key: AddressKey): boolean {
  return last !== undefined && last < key;
}

/** Networks nest or are disjoint: in sorted order, those still open contain the next one. */
function treeOf(sorted: readonly Network[], intern: Intern): Tree {
  const tree: Tree = { starts: [], lasts: [], parents: [], known: [] };
  const open: number[] = [];
  for (const { first, last, entries } of sorted) {
    while (endsBefore(tree.lasts[open.at(-1) ?? -1], first)) open.pop();
    const parent = open.at(-1) ?? -1;
    open.push(tree.starts.push(first) - 1);
    tree.lasts.push(last);
    tree.parents.push(parent);
    tree.known.push(intern(entries, tree.known[parent] ?? null));
  }
  return tree;
}

/** Combines a network's own entries with those of the network around it. */
type Intern = (own: readonly [Entry, ...Entry[]], around: AwsAddress | null) => AwsAddress;

/** Thousands of networks share a few hundred descriptions, so each is kept once. */
function interning(): Intern {
  const known = new Map<string, AwsAddress>();
  return (own, around) => {
    const address = described(own, around);
    const name = `${address.region} ${address.borderGroup} ${address.services.join()}`;
    const before = known.get(name);
    if (before === undefined) known.set(name, address);
    return before ?? address;
  };
}

function described(own: readonly [Entry, ...Entry[]], around: AwsAddress | null): AwsAddress {
  const ec2 = own.find(({ service }) => service === 'EC2') ?? (around?.ec2 ? around : undefined);
  const { region, borderGroup } = ec2 ?? own[0];
  const services = [...new Set([...own.map(({ service }) => service), ...(around?.services ?? [])])].sort();
  return { region, services, ec2: ec2 !== undefined, borderGroup };
}

/** The time of a create date like `2026-08-01-00-00-00`, in epoch milliseconds. */
export function createTime(createDate: string): number {
  const [year, month, day, hour, minute, second] = createDate.split('-').map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
}
