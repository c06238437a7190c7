import type { Random } from '../trail-writer/random';

/** What a generated trail is made of. Shares are of `records`; what is scheduled (set-up, issuances) counts in. */
export interface TrailShape {
  readonly seed: number;
  /** About how many records, before duplicates. */
  readonly records: number;
  readonly days: number;
  /** EC2 instances whose calls are judged. */
  readonly workloads: number;
  readonly accounts: number;
  /** Instances behind one NAT gateway, in one VPC. */
  readonly workloadsPerNat: number;
  /** Addresses from which the key of one more instance is used; 0 leaves it out. */
  readonly originsOfOneSession: number;
  /** Instances whose key is used from an address outside AWS. */
  readonly thefts: number;
  /** Addresses that they are used from. @default 50 */
  readonly theftAddresses?: number;
  /** Times that the first instance is stopped and started, which gives it a new address. @default 0 */
  readonly restarts?: number;
  /** Calls of instance-role sessions. */
  readonly judged: number;
  /** Calls of assumed-role sessions of people and services. */
  readonly assumedRole: number;
  /** Records that give or take an address, run or terminate. */
  readonly changes: number;
  /** Records written twice, byte for byte, in different files. */
  readonly duplicates: number;
  readonly recordsPerFile: number;
}

export const REPLAY_BENCH: TrailShape = {
  seed: 1,
  records: 350_000,
  days: 1,
  workloads: 500,
  accounts: 10,
  workloadsPerNat: 25,
  originsOfOneSession: 0,
  thefts: 5,
  judged: 0.1,
  assumedRole: 0.405,
  changes: 0.02,
  duplicates: 0.02,
  recordsPerFile: 1500,
};

/** Nearly half of the records are calls of workloads. */
export const HEAVY_BENCH: TrailShape = { ...REPLAY_BENCH, judged: 0.43, assumedRole: 0.25 };

export const TRAIL_START = Date.UTC(2026, 7, 3);

export interface Account {
  readonly id: string;
  readonly region: string;
  readonly roles: readonly { readonly name: string; readonly principal: string }[];
  readonly users: readonly { readonly name: string; readonly principal: string; readonly key: string }[];
}

/** A VPC with one NAT gateway. */
export interface Network {
  readonly account: Account;
  readonly vpc: string;
  readonly subnet: string;
  readonly nat: string;
  readonly allocation: string;
  readonly address: string;
}

export interface Instance {
  readonly id: string;
  readonly network: Network;
  readonly role: { readonly name: string; readonly principal: string };
  readonly eni: string;
  readonly attachment: string;
  readonly privateIp: string;
  /** Milliseconds into the first hour at which its first key is issued; the next follow every six hours. */
  readonly phase: number;
  /** Some software still asks IMDSv1. */
  readonly delivery: '1.0' | '2.0';
  /** The keys in force: [IMDSv1, IMDSv2]. */
  keys: readonly [string, string];
  issued: number;
}

export interface World {
  readonly accounts: readonly Account[];
  readonly networks: readonly Network[];
  readonly instances: readonly Instance[];
  /** The instance of the session with many origins. */
  readonly wide: Instance | null;
  /** Instances whose credentials are stolen, with the hour of the theft and the attacker’s address. */
  readonly thefts: readonly { readonly instance: Instance; readonly hour: number; readonly address: string }[];
}

const REGIONS = ['eu-west-1', 'us-east-1'] as const;
/** First octets of the EC2 ranges the generated `ip-ranges.json` declares, by Region. */
const EC2_OCTETS: Readonly<Record<string, number>> = { 'eu-west-1': 52, 'us-east-1': 54 };

export function buildWorld(shape: TrailShape, random: Random): World {
  const accounts = Array.from({ length: shape.accounts }, (_, index) => account(index, random));
  const networkCount = Math.ceil(shape.workloads / shape.workloadsPerNat);
  const networks = Array.from({ length: networkCount }, (_, index) => network(random.pick(accounts), index, random));
  const instances = Array.from({ length: shape.workloads }, (_, index) =>
    instance(networks[Math.floor(index / shape.workloadsPerNat)] ?? random.pick(networks), index, random),
  );
  const wide = shape.originsOfOneSession > 0 ? instance(random.pick(networks), shape.workloads, random) : null;
  const hours = shape.days * 24;
  const thefts = instances.slice(0, shape.thefts).map((stolen, index) => ({
    instance: stolen,
    hour: Math.min(hours - 1, 2 + Math.floor((index * (hours - 3)) / shape.thefts)),
    address: `203.0.113.${200 + (index % (shape.theftAddresses ?? 50))}`,
  }));
  return { accounts, networks, instances: wide ? [...instances, wide] : instances, wide, thefts };
}

/** An `ip-ranges.json` in which every generated NAT address is EC2's, in its Region. */
export function ipRanges(): object {
  const prefixes = REGIONS.flatMap((region) =>
    ['EC2', 'AMAZON'].map((service) => ({
      ip_prefix: `${EC2_OCTETS[region]}.0.0.0/8`,
      region,
      service,
      network_border_group: region,
    })),
  );
  return { syncToken: '1785715200', createDate: '2026-08-03-00-00-00', prefixes, ipv6_prefixes: [] };
}

function account(index: number, random: Random): Account {
  const roleNames = ['web-frontend', 'order-worker', 'batch-report', 'search-indexer', 'gitlab-runner'];
  const userNames = ['terraform', 'alice', 'bob', 'backup-operator', 'jenkins'];
  return {
    id: String(111122220000 + index),
    region: REGIONS[index % REGIONS.length] ?? 'eu-west-1',
    roles: roleNames.map((name) => ({ name: `${name}-${random.hex(6)}`, principal: `AROA${random.upper(17)}` })),
    users: userNames.map((name) => ({ name, principal: `AIDA${random.upper(17)}`, key: `AKIA${random.upper(16)}` })),
  };
}

function network(owner: Account, index: number, random: Random): Network {
  return {
    account: owner,
    vpc: `vpc-0${random.hex(16)}`,
    subnet: `subnet-0${random.hex(16)}`,
    nat: `nat-0${random.hex(16)}`,
    allocation: `eipalloc-0${random.hex(16)}`,
    address: `${EC2_OCTETS[owner.region]}.${16 + Math.floor(index / 250)}.${random.below(256)}.${1 + (index % 250)}`,
  };
}

function instance(home: Network, index: number, random: Random): Instance {
  return {
    id: `i-0${random.hex(16)}`,
    network: home,
    role: random.pick(home.account.roles),
    eni: `eni-0${random.hex(16)}`,
    attachment: `eni-attach-0${random.hex(16)}`,
    privateIp: `10.${Math.floor(index / 65536)}.${Math.floor(index / 256) % 256}.${index % 256}`,
    phase: (12 + random.below(8)) * 60_000 + random.below(60) * 1000,
    delivery: random.chance(0.1) ? '1.0' : '2.0',
    keys: ['', ''],
    issued: 0,
  };
}
