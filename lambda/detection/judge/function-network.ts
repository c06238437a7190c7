import type { RuleInput } from './rule';
import type { Caller } from '../facts/facts';
import type { History } from '../facts/workload-history';
import { countUntil } from '../model/in-time-order';
import type { FunctionConfiguration } from '../network/network-book';
import { strictlyHoldsAt, type Tenure } from '../network/address-tenure';
import { isoTime } from '../model/event-time';

const HOUR = 3_600_000;
/** Invocations that run when the VPC of a function changes end within this time. */
const LONGEST_INVOCATION = 15 * 60_000;
/** Distinct hours in which a function in a VPC may show further addresses: one for each zone. */
const LEARNING_HOURS = 4;

/** Why a public IPv4 address of EC2 cannot be that of a function which records put into a VPC; null where it may be. */
export function outsideItsVpc(input: RuleInput): string | null {
  const { origin, peers, time } = input;
  if (origin.path !== 'public-ipv4' || peers.ipRanges?.lookup(origin.address)?.ec2 !== true) return null;
  const network = configurationOf(input);
  if (!network?.vpcId || time < network.time + LONGEST_INVOCATION) return null;
  const gateways = peers.book.natByVpc.get(network.vpcId) ?? [];
  const standing = gateways.filter((tenure) => strictlyHoldsAt(tenure, time));
  if (standing.some(({ address }) => address === origin.ip)) return null;
  return pastItsNat(standing, network.vpcId, input) ?? afterLearning(network, input);
}

/** The configuration that brought the function to where it is at the call, in the Region of its credentials. */
function configurationOf({ subject, sighting, time }: RuleInput): FunctionConfiguration | null {
  const region = regionOf(sighting.caller, subject.keyRegions);
  const before = subject.configurations.filter((one) => one.time <= time && (region === null || one.region === region));
  const last = before.at(-1);
  const changed = before.findLastIndex(({ vpcId }) => vpcId !== last?.vpcId);
  return before[changed + 1] ?? null;
}

function regionOf({ accessKeyId, region }: Caller, keyRegions: ReadonlyMap<string | null, string>): string | null {
  return region ?? keyRegions.get(accessKeyId) ?? null;
}

/** Where all addresses of the VPC's NAT gateways are on record, and the function was seen at one, it leaves through them. */
function pastItsNat(standing: readonly Tenure[], vpcId: string, { origin, subject, peers }: RuleInput): string | null {
  if (standing.length === 0 || peers.book.unnamedNat.has(vpcId)) return null;
  const { firstSeen } = callsOf(subject.history);
  if (!standing.some(({ address }) => firstSeen.has(address))) return null;
  const names = [...new Set(standing.map(({ holder }) => holder.id))].join(' and ');
  return `${origin.address} is an AWS address, but the function is in ${vpcId} and leaves through ${names}`;
}

function afterLearning({ vpcId, time: since }: FunctionConfiguration, { origin, subject }: RuleInput): string | null {
  const { firstSeen, hours } = callsOf(subject.history);
  const before = countUntil(hours.length, (at) => hours[at], since + LONGEST_INVOCATION - 1);
  const learned = hours[before + LEARNING_HOURS - 1] ?? Infinity;
  if ((firstSeen.get(origin.address) ?? 0) <= learned) return null;
  return `${origin.address} is an AWS address, but the function is in ${vpcId ?? ''} since ${isoTime(since)} and called from other addresses in ${LEARNING_HOURS} hours before`;
}

interface Calls {
  /** By public IPv4 address, in epoch milliseconds. */
  readonly firstSeen: ReadonlyMap<string, number>;
  /** The first call of each hour in which it called from such an address. */
  readonly hours: readonly number[];
}

/** A history belongs to one judging basis. */
const known = new WeakMap<History, Calls>();

function callsOf(history: History): Calls {
  const before = known.get(history);
  if (before) return before;
  const firstSeen = new Map<string, number>();
  const hours: number[] = [];
  for (const { origin, event } of history.sightings) {
    if (origin.path !== 'public-ipv4') continue;
    const { time } = event;
    if (!firstSeen.has(origin.address)) firstSeen.set(origin.address, time);
    if (Math.floor(time / HOUR) !== Math.floor((hours.at(-1) ?? -1) / HOUR)) hours.push(time);
  }
  const calls = { firstSeen, hours };
  known.set(history, calls);
  return calls;
}
