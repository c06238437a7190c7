import { INVENTORY, type Change } from '../facts/facts';
import type { FactList } from '../facts/packed-facts';
import { compareText } from '../model/compare-text';

/** Changes in the order in which they are applied. At any moment of a pass only those of one second need be objects. */
export class ChangesInOrder implements Iterable<Change> {
  readonly #changes: FactList<Change>;
  readonly #times: Float64Array;
  /** Indices of changes, by time. */
  readonly #order: Int32Array;

  constructor(changes: FactList<Change>) {
    this.#changes = changes;
    const times = Float64Array.from(changes, ({ time }) => time);
    this.#times = times;
    this.#order = new Int32Array(times.length)
      .map((_, index) => index)
      .sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  }

  *[Symbol.iterator](): Generator<Change> {
    let sameTime: Change[] = [];
    let time = NaN;
    for (const index of this.#order) {
      if (this.#times[index] !== time) {
        yield* sameTime.sort(byRank);
        sameTime = [];
        time = this.#times[index] ?? NaN;
      }
      const change = this.#changes.at(index);
      if (change) sameTime.push(change);
    }
    yield* sameTime.sort(byRank);
  }
}

/** Records of the same second are sorted: creations, uses, deletions, then inventories. */
function byRank(a: Change, b: Change): number {
  return rank(a.action) - rank(b.action) || compareText(a.id, b.id);
}

function rank(action: Change['action']): number {
  if (action === INVENTORY) return 3;
  if (/^(?:Allocate|Create|Run|Accept|Provision|Advertise)/.test(action)) return 0;
  return /^(?:Terminate|StopTask|Release|Delete|Disassociate|Detach|Unassign)/.test(action) ? 2 : 1;
}
