import { addressKey, type AddressKey, type Cidr, lastNotAbove, parseCidr } from './address';
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
  const networks = new Networks();
  const skipped = gather(networks, prefixes, 'ip_prefix') + gather(networks, ipv6Prefixes, 'ipv6_prefix');
  if (networks.areNone)
    return {
      faults: [`prefixes must hold entries with ip_prefix, region and service, none of the ${skipped} given does`],
    };
  return { value: { createDate, skipped, lookup: lookupIn(networks) } };
}

const CREATE_DATE = /^\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}$/;

interface Entry {
  readonly region: string;
  readonly service: string;
  readonly borderGroup: string | null;
}

/** Entries of one network, in their order: thousands of networks have the same few hundred. */
interface Entries {
  readonly list: readonly Entry[];
  /** With one more entry. */
  readonly longer: Map<Entry, Entries>;
  /** What is known of an address, by what is known of the network around. */
  readonly known: Map<AwsAddress | null, AwsAddress>;
}

function entriesOf(list: readonly Entry[]): Entries {
  return { list, longer: new Map(), known: new Map() };
}

interface Network extends Pick<Cidr, 'first' | 'last'> {
  entries: Entries;
}

/** Networks by what they sort by: in order of their first address, the wider first. */
class Networks {
  readonly #ipv4 = new Map<number, Network>();
  readonly #ipv6 = new Map<string, Network>();
  readonly #entries = new Map<string, Entry>();
  readonly #none = entriesOf([]);

  get areNone(): boolean {
    return this.#ipv4.size + this.#ipv6.size === 0;
  }

  add({ first, last, prefix }: Cidr, { region, service, borderGroup }: Entry): void {
    const name = `${region} ${service} ${borderGroup}`;
    const entry = this.#entries.get(name) ?? { region, service, borderGroup };
    this.#entries.set(name, entry);
    const network =
      typeof first === 'number'
        ? networkIn(this.#ipv4, first * 64 + prefix, { first, last, entries: this.#none })
        : networkIn(this.#ipv6, first + String.fromCharCode(prefix), { first, last, entries: this.#none });
    const { list, longer } = network.entries;
    network.entries = longer.get(entry) ?? entriesOf([...list, entry]);
    longer.set(entry, network.entries);
  }

  ipv4(): Network[] {
    return [...Float64Array.from(this.#ipv4.keys()).sort()].flatMap((key) => this.#ipv4.get(key) ?? []);
  }

  ipv6(): Network[] {
    return [...this.#ipv6.keys()].sort().flatMap((key) => this.#ipv6.get(key) ?? []);
  }
}

function networkIn<K>(networks: Map<K, Network>, key: K, network: Network): Network {
  const known = networks.get(key);
  if (known) return known;
  networks.set(key, network);
  return network;
}

/** Adds the entries of one list to the networks they name; returns the number of malformed ones. */
function gather(networks: Networks, list: readonly unknown[], field: 'ip_prefix' | 'ipv6_prefix'): number {
  let skipped = 0;
  for (const item of list) {
    if (!isObject(item) || !gatherOne(networks, item, item[field])) skipped += 1;
  }
  return skipped;
}

function gatherOne(networks: Networks, item: Record<string, unknown>, text: unknown): boolean {
  const entry = entryOf(item);
  const cidr = entry === null || typeof text !== 'string' ? null : parseCidr(text);
  if (entry === null || cidr === null) return false;
  networks.add(cidr, entry);
  return true;
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

/** Many trails have no IPv6 addresses: a family is sorted when it is asked for. */
function lookupIn(networks: Networks): IpRanges['lookup'] {
  const intern = interning();
  let ipv4: Tree | null = null;
  let ipv6: Tree | null = null;
  return (canonical) => {
    const key = addressKey(canonical);
    if (key === null) return null;
    if (typeof key === 'number') return innermost((ipv4 ??= treeOf(networks.ipv4(), intern)), key);
    return innermost((ipv6 ??= treeOf(networks.ipv6(), intern)), key);
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
type Intern = (own: Entries, around: AwsAddress | null) => AwsAddress;

/** Thousands of networks share a few hundred descriptions, so each is kept once. */
function interning(): Intern {
  const byName = new Map<string, AwsAddress>();
  return ({ list, known }, around) => {
    const before = known.get(around);
    if (before) return before;
    const address = described(list, around);
    const name = `${address.region} ${address.borderGroup} ${address.services.join()}`;
    const shared = byName.get(name) ?? address;
    byName.set(name, shared);
    known.set(around, shared);
    return shared;
  };
}

function described(own: readonly Entry[], around: AwsAddress | null): AwsAddress {
  const ec2 = own.find(({ service }) => service === 'EC2') ?? (around?.ec2 ? around : undefined);
  const { region = '', borderGroup = null } = ec2 ?? own[0] ?? {};
  const services = [...new Set([...own.map(({ service }) => service), ...(around?.services ?? [])])].sort();
  return { region, services, ec2: ec2 !== undefined, borderGroup };
}

/** The time of a create date like `2026-08-01-00-00-00`, in epoch milliseconds. */
export function createTime(createDate: string): number {
  const [year, month, day, hour, minute, second] = createDate.split('-').map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
}
