import type { SeenOrigin } from '../detection/model/origin';
import { compareText } from '../detection/model/compare-text';

/** Origins of one workload whose facts are read: the earliest, and as many that it was seen at in most hours. */
export const MOST_ORIGINS = 300;

interface SeenAt {
  readonly origin: SeenOrigin;
  /** Epoch milliseconds. */
  first: number;
  hours: number;
}

/** The origins of workloads, and which of them are read. */
export class OriginsToRead {
  /** By the partition of the workload, and their key. */
  private readonly seen = new Map<string, Map<string, SeenAt>>();
  private readonly chosen = new Map<string, number>();
  private readonly read = new Set<string>();

  /** `pk`: the partition of the workload. `time`: epoch milliseconds. */
  add(origin: SeenOrigin, pk: string, time: number): void {
    const origins = this.seen.get(pk) ?? new Map<string, SeenAt>();
    this.seen.set(pk, origins);
    const known = origins.get(origin.key);
    if (!known) return void origins.set(origin.key, { origin, first: time, hours: 1 });
    known.first = Math.min(known.first, time);
    known.hours += 1;
  }

  /** Whether a workload was seen at more than one origin, so that routes matter to it. */
  areSeveral(pk: string): boolean {
    return (this.seen.get(pk)?.size ?? 0) > 1;
  }

  /** Those to be read next; each is returned once. */
  next(): SeenOrigin[] {
    const next: SeenOrigin[] = [];
    for (const [pk, origins] of this.seen) {
      const before = this.chosen.get(pk) ?? 0;
      if (before >= MOST_ORIGINS) continue;
      const some = firstOf(unreadOf(origins, this.read), MOST_ORIGINS - before);
      this.chosen.set(pk, before + some.length);
      for (const { origin } of some) this.read.add(origin.key);
      next.push(...some.map(({ origin }) => origin));
    }
    return next;
  }

  get unread(): readonly SeenOrigin[] {
    return [...this.seen.values()].flatMap((origins) => unreadOf(origins, this.read).map(({ origin }) => origin));
  }
}

function unreadOf(origins: ReadonlyMap<string, SeenAt>, read: ReadonlySet<string>): SeenAt[] {
  return [...origins.values()].filter(({ origin }) => !read.has(origin.key));
}

/** At most `most`: half of them the earliest, half those seen in most hours. */
function firstOf(origins: readonly SeenAt[], most: number): readonly SeenAt[] {
  if (origins.length <= most) return origins;
  const earliest = [...origins].sort(byTime).slice(0, Math.ceil(most / 2));
  const often = [...origins].sort((a, b) => b.hours - a.hours || byTime(a, b));
  return [...new Set([...earliest, ...often])].slice(0, most);
}

function byTime(a: SeenAt, b: SeenAt): number {
  return a.first - b.first || compareText(a.origin.key, b.origin.key);
}
