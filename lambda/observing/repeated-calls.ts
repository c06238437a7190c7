import type { Fact } from '../detection/facts/facts';
import type { Skip } from '../detection/records/read-facts';
import { personCall } from '../detection/records/read-person-call';
import type { CallerPart } from '../detection/records/read-parts';
import type { ScannedCall } from '../fact-reading/call-runs';
import { accountItem } from '../store/accounts-seen';
import type { Heartbeats } from '../store/heartbeats';
import { isSeen, seenKey, type SeenCache } from '../store/seen-cache';
import { filed, type Filed } from '../store/table-schema';
import { SkipCounts } from '../trail-files/trail-reading';

const HOUR = 3_600_000;
/** Kept of a caller: those of a few hours. */
const MOST_OF_CALLER = 64;
/** Kept of all callers: about 80 MB. */
const MOST = 100_000;

/** Calls that a caller made in one hour and Region, by which the same was done: their facts are stored in the same items. */
export interface RepeatedCall {
  readonly account: string;
  readonly region: string;
  /** Of the first that was found to be repeated. */
  readonly facts: readonly Fact[];
  /** Why there are none. */
  readonly skip: Skip | null;
  /** Of what is cached of the facts, and of the account. */
  readonly keys: readonly string[];
  /** Later calls change nothing that is stored; in epoch milliseconds. */
  earliest: number;
  /** The invocation, by its time, that last found all of it in the cache. */
  checked: number;
}

/** Calls that were found to be repeated, by number and time. */
export class RepeatCounts {
  records = 0;
  facts = 0;
  /** Epoch milliseconds; infinite if there was none. */
  earliest = Infinity;
  readonly skipped = new SkipCounts<Skip>();
  readonly #latest = new Map<RepeatedCall, { all: number; readOnly: number }>();

  count(repeated: RepeatedCall, { time, isReadOnly }: Pick<ScannedCall, 'time' | 'isReadOnly'>): void {
    const { facts, skip } = repeated;
    this.records += 1;
    this.facts += facts.length;
    this.earliest = Math.min(this.earliest, time);
    if (skip !== null) this.skipped.count(skip);
    const latest = this.#latest.get(repeated) ?? { all: 0, readOnly: 0 };
    this.#latest.set(repeated, latest);
    latest.all = Math.max(latest.all, time);
    if (isReadOnly) latest.readOnly = Math.max(latest.readOnly, time);
  }

  /** As if `heartbeats` had received each. */
  receiveBy(heartbeats: Heartbeats): void {
    for (const [{ account, region, facts }, { all, readOnly }] of this.#latest) {
      heartbeats.receiveCall({ account, region, time: all, isReadOnly: false }, facts);
      if (readOnly > 0) heartbeats.receiveCall({ account, region, time: readOnly, isReadOnly: true }, facts);
    }
  }
}

/** Knows calls whose facts are cached as seen, without filing them each time. */
export class RepeatedCalls {
  readonly #seen: SeenCache;
  readonly #most: number;
  #known = new WeakMap<CallerPart, Map<string, RepeatedCall>>();
  #size = 0;

  /** `seen`: all that is cached stays so, or is forgotten. After `most` of them, all that is known is forgotten. */
  constructor(seen: SeenCache, most = MOST) {
    this.#seen = seen;
    this.#most = most;
  }

  /** Null where the call may change what is stored. `now`: of the invocation. */
  find(scanned: ScannedCall, now: number): RepeatedCall | null {
    const { caller, call, time } = scanned;
    const key = `${Math.floor(time / HOUR)} ${call.did} ${call.kind.region}`;
    const ofCaller = this.#known.get(caller) ?? new Map<string, RepeatedCall>();
    const known = ofCaller.get(key);
    if (known && time > known.earliest && this.#isCached(known, now)) return known;
    const facts = factsIn(scanned);
    const items = [accountItemOf(caller.account), ...facts.flatMap((fact) => filed(fact, 0))];
    if (!items.every((item) => isSeen(item, this.#seen))) return null;
    if (known) {
      known.earliest = Math.min(known.earliest, time);
      return known;
    }
    if (ofCaller.size >= MOST_OF_CALLER) ofCaller.clear();
    const { account, skip } = caller;
    const repeated = {
      account,
      region: call.kind.region,
      facts,
      skip,
      keys: items.map(seenKey),
      earliest: time,
      checked: now,
    };
    this.#makeRoom();
    this.#known.set(caller, ofCaller.set(key, repeated));
    return repeated;
  }

  #makeRoom(): void {
    if (this.#size >= this.#most) {
      this.#known = new WeakMap();
      this.#size = 0;
    }
    this.#size += 1;
  }

  #isCached(known: RepeatedCall, now: number): boolean {
    if (known.checked !== now && known.keys.every((key) => this.#seen.get(key))) known.checked = now;
    return known.checked === now;
  }
}

function accountItemOf(account: string): Filed {
  return { keep: accountItem(account, 0) };
}

/** As `readFacts` reads them. What the call was about is left out: of these facts, nothing is stored. */
function factsIn({ caller: { caller, person, did }, call, time, eventId }: ScannedCall): Fact[] {
  return [
    ...(person ? [personCall(person, time, eventId)] : []),
    ...(caller
      ? [{ fact: 'sighting' as const, caller, did: did | call.did, event: { time, id: eventId, what: '' } }]
      : []),
  ];
}
