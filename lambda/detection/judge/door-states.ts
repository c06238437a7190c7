import { countUntil, lastUntil } from '../model/in-time-order';
import type { Path } from '../model/origin';
import { BEFORE } from '../network/address-tenure';
import type { Door } from '../network/network-book';

const HOUR = 3_600_000;

/**
 * The doors of a workload and which of them are closed, while its sightings are judged in order of time. A door admits one
 * origin on each path.
 */
export class Doors {
  private readonly all: readonly Door[];
  private readonly byPath = new Map<Path, PathDoors>();

  constructor(
    doors: readonly Door[],
    private readonly hours: number,
  ) {
    this.all = [...doors].sort((a, b) => a.time - b.time);
  }

  on(path: Path): PathDoors {
    const known = this.byPath.get(path);
    if (known) return known;
    const doors = this.all.filter(({ admits }) => admits === 'any' || path === 'public-ipv4');
    const found = new PathDoors(doors, this.hours * HOUR);
    this.byPath.set(path, found);
    return found;
  }

  /** The last one opened until a time. */
  lastUntil(time: number): Door | null {
    return this.all[lastUntil(this.all, time)] ?? null;
  }
}

/** A change of the public address, used by the first calls from another one. */
function isChange({ cause }: Door): boolean {
  return cause === 'start' || cause === 'eip-lost';
}

/** A start certainly changed an automatic address, however long ago it was. */
function isLasting({ cause }: Door): boolean {
  return cause === 'start' || cause === 'second-interface';
}

/** Closes the doors of an address that was seen again. */
const SEEN_AGAIN = 'seen-again';

export interface LatestDoor {
  readonly door: Door;
  /** An old address was seen since. */
  readonly isSeenAgain: boolean;
}

/** Starts in their order that one origin used. */
interface Successor {
  readonly origin: string;
  readonly starts: Door[];
}

/** The doors that admit origins on one path. */
class PathDoors {
  /** By door: the key of the origin that used it, or `SEEN_AGAIN`. */
  private readonly closedBy: string[] = [];
  /** By door: itself while it is open, else one before it. */
  private readonly openUpTo: number[];
  /** By door: the last lasting one up to it; -1 for none. */
  private readonly lasting: number[] = [];
  /** All changes before this door are closed. */
  private swept = 0;
  private readonly successors: Successor[] = [];

  constructor(
    private readonly doors: readonly Door[],
    private readonly duration: number,
  ) {
    this.openUpTo = doors.map((_, at) => at);
    for (const [at, door] of doors.entries()) this.lasting.push(isLasting(door) ? at : (this.lasting[at - 1] ?? -1));
  }

  /** The last door that allows a new origin at a time, open or not. */
  latest(time: number): LatestDoor | null {
    const last = lastUntil(this.doors, time + BEFORE);
    const at = this.isExpired(last, time) ? (this.lasting[last] ?? -1) : last;
    const door = this.doors[at];
    return door ? { door, isSeenAgain: this.closedBy[at] === SEEN_AGAIN } : null;
  }

  /** Admits an origin through the last open door if it `mayPass`; all earlier changes of the address are used with it. */
  admit(origin: string, time: number, mayPass: (door: Door) => boolean): Door | null {
    const at = this.latestOpen(time);
    const door = this.doors[at];
    if (!door || !mayPass(door)) return null;
    if (isChange(door)) this.closeChanges(origin, (one) => one.time <= door.time);
    else this.close(at, origin);
    return door;
  }

  /** Closes the doors that a change of the public address opened before, as the workload still has an old one. */
  seeAgain(time: number): void {
    this.closeChanges(SEEN_AGAIN, (door) => door.time < time);
  }

  /** The first start after `since` that another origin than this one used. */
  succeeded(origin: string, since: number): Door | null {
    const at = countUntil(this.successors.length, (index) => this.successors[index]?.starts.at(-1)?.time, since);
    const next = this.successors[at]?.origin === origin ? at + 1 : at;
    const { starts = [] } = this.successors[next] ?? {};
    return starts[lastUntil(starts, since) + 1] ?? null;
  }

  private latestOpen(time: number): number {
    let at = this.openBefore(lastUntil(this.doors, time + BEFORE));
    while (at >= 0 && this.isExpired(at, time)) {
      this.openUpTo[at] = at - 1;
      at = this.openBefore(at);
    }
    return at;
  }

  /** The last open door up to this one; -1 for none. */
  private openBefore(door: number): number {
    let at = door;
    while (at >= 0 && this.openUpTo[at] !== at) {
      const before = this.openUpTo[at] ?? -1;
      this.openUpTo[at] = this.openUpTo[before] ?? -1;
      at = before;
    }
    return at;
  }

  private isExpired(at: number, time: number): boolean {
    const door = this.doors[at];
    return door !== undefined && !isLasting(door) && time > door.time + this.duration;
  }

  private closeChanges(by: string, isReached: (door: Door) => boolean): void {
    for (let door = this.doors[this.swept]; door && isReached(door); door = this.doors[this.swept]) {
      if (isChange(door)) this.close(this.swept, by);
      this.swept += 1;
    }
  }

  private close(at: number, by: string): void {
    const door = this.doors[at];
    this.closedBy[at] = by;
    this.openUpTo[at] = at - 1;
    if (door?.cause !== 'start' || by === SEEN_AGAIN) return;
    const last = this.successors.at(-1);
    if (last?.origin === by) last.starts.push(door);
    else this.successors.push({ origin: by, starts: [door] });
  }
}
