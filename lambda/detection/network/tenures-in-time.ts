import { countUntil } from '../model/in-time-order';
import { BEFORE, covers, holdsAt, startOfHour, type Tenure } from './address-tenure';

/** Tenures of one address or instance, in order of their beginning. They must not change any more. */
type Tenures = readonly Tenure[] | undefined;

/** Those that hold at a time: see `holdsAt`. */
export function heldAt(tenures: Tenures, time: number): readonly Tenure[] {
  const index = indexOf(tenures);
  return index ? index.heldAt(time) : (tenures ?? []).filter((tenure) => holdsAt(tenure, time));
}

/** Of tenures none of which holds at a time, the last that ended between `since` and then. */
export function lastEnded(tenures: Tenures, since: number, time: number): Tenure | null {
  const index = indexOf(tenures);
  if (index) return index.lastEnded(since, time);
  return tenures?.findLast(({ until }) => until !== null && until >= since && until <= time) ?? null;
}

/** The latest end that is not after a time; null if there is none. */
export function latestEnd(tenures: Tenures, time: number): number | null {
  const index = indexOf(tenures);
  if (index) return index.latestEnd(time);
  const ends = (tenures ?? []).map(endOf).filter((until) => until <= time);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Those of an address, or of a range around it. */
export function tenuresAt(tenures: readonly Tenure[], address: string): readonly Tenure[] {
  if (tenures.length < WORTH_INDEX) return tenures.filter((tenure) => covers(tenure, address));
  const known = addresses.get(tenures);
  const byAddress = known === undefined ? groupedByAddress(tenures) : known;
  addresses.set(tenures, byAddress);
  return byAddress ? (byAddress.get(address) ?? []) : tenures.filter((tenure) => covers(tenure, address));
}

/** Null where one has a range. */
const addresses = new WeakMap<readonly Tenure[], ReadonlyMap<string, Tenure[]> | null>();

function groupedByAddress(tenures: readonly Tenure[]): ReadonlyMap<string, Tenure[]> | null {
  if (tenures.some(({ range }) => range !== null)) return null;
  const groups = new Map<string, Tenure[]>();
  for (const tenure of tenures) {
    const group = groups.get(tenure.address);
    if (group) group.push(tenure);
    else groups.set(tenure.address, [tenure]);
  }
  return groups;
}

/** Shorter lists are walked. */
const WORTH_INDEX = 32;
const indices = new WeakMap<readonly Tenure[], TenureIndex>();

function indexOf(tenures: Tenures): TenureIndex | null {
  if (!tenures || tenures.length < WORTH_INDEX) return null;
  const index = indices.get(tenures) ?? new TenureIndex(tenures);
  indices.set(tenures, index);
  return index;
}

function endOf({ until }: Tenure): number {
  return until ?? Infinity;
}

/** The leaves of a binary tree are the tenures' ends; each node above has the latest end below it. */
class TenureIndex {
  readonly #leaves: number;
  readonly #latest: Float64Array;
  readonly #ends: Float64Array;

  constructor(private readonly tenures: readonly Tenure[]) {
    this.#leaves = 2 ** Math.ceil(Math.log2(tenures.length));
    this.#latest = new Float64Array(2 * this.#leaves).fill(-Infinity);
    this.#ends = Float64Array.from(tenures, endOf);
    this.#latest.set(this.#ends, this.#leaves);
    this.#ends.sort();
    for (let node = this.#leaves - 1; node > 0; node -= 1)
      this.#latest[node] = Math.max(this.#endBelow(2 * node), this.#endBelow(2 * node + 1));
  }

  heldAt(time: number): Tenure[] {
    const found: Tenure[] = [];
    const begun = this.#begunUntil(time + BEFORE);
    const least = startOfHour(time);
    for (let at = this.#next(0, least); at < begun; at = this.#next(at + 1, least)) {
      const tenure = this.tenures[at];
      if (tenure) found.push(tenure);
    }
    return found;
  }

  lastEnded(since: number, time: number): Tenure | null {
    return this.tenures[this.#previous(this.#begunUntil(time) - 1, since)] ?? null;
  }

  latestEnd(time: number): number | null {
    return this.#ends[countUntil(this.#ends.length, (at) => this.#ends[at], time) - 1] ?? null;
  }

  #begunUntil(time: number): number {
    return countUntil(this.tenures.length, (at) => this.tenures[at]?.since, time);
  }

  #endBelow(node: number): number {
    return this.#latest[node] ?? -Infinity;
  }

  /** The first tenure from `from` on that ends at `least` or later; Infinity if none does. */
  #next(from: number, least: number): number {
    let node = this.#leaves + from;
    if (from >= this.#leaves) return Infinity;
    while (this.#endBelow(node) < least) {
      while (node % 2 === 1) node >>= 1;
      if (node === 0) return Infinity;
      node += 1;
    }
    while (node < this.#leaves) node = 2 * node + Number(this.#endBelow(2 * node) < least);
    return node - this.#leaves;
  }

  /** The last tenure up to `to` that ends at `least` or later; -1 if none does. */
  #previous(to: number, least: number): number {
    if (to < 0) return -1;
    let node = this.#leaves + to;
    while (this.#endBelow(node) < least) {
      while (node > 1 && node % 2 === 0) node >>= 1;
      if (node === 1) return -1;
      node -= 1;
    }
    while (node < this.#leaves) node = 2 * node + 1 - Number(this.#endBelow(2 * node + 1) < least);
    return node - this.#leaves;
  }
}
