import fc from 'fast-check';
import { runs } from '../../../properties/property-runs';
import { Doors } from '../../../../lambda/detection/judge/door-states';
import { BEFORE } from '../../../../lambda/detection/network/address-tenure';
import type { Door } from '../../../../lambda/detection/network/network-book';

const HOUR = 3_600_000;
const HOURS = 24;
const PATH = 'public-ipv4';

const door = fc
  .record({
    cause: fc.constantFrom<Door['cause']>('start', 'eip-lost', 'unknown-eip', 'unknown-interface', 'second-interface'),
    hour: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ cause, hour }): Door => ({
    cause,
    time: hour * HOUR,
    eventId: `${cause} ${hour}`,
    action: 'StartInstances',
    admits: cause === 'unknown-interface' ? 'any' : 'public',
  }));

const call = fc.record({
  hour: fc.integer({ min: 0, max: 70 }),
  origin: fc.constantFrom('a', 'b', 'c'),
  isOld: fc.boolean(),
});

/** The doors with what closed them, walked for each call. */
class WalkedDoors {
  readonly #states: { readonly door: Door; closedBy: string | null }[];

  constructor(doors: readonly Door[]) {
    this.#states = [...doors].sort((a, b) => a.time - b.time).map((one) => ({ door: one, closedBy: null }));
  }

  admit(origin: string, time: number): Door | null {
    const used = this.#states.findLast((one) => one.closedBy === null && allows(one.door, time));
    if (!used) return null;
    used.closedBy = origin;
    if (isChange(used.door))
      for (const one of this.#states)
        if (isChange(one.door) && one.door.time <= used.door.time) one.closedBy ??= origin;
    return used.door;
  }

  seeAgain(time: number): void {
    for (const one of this.#states) if (isChange(one.door) && one.door.time < time) one.closedBy ??= 'seen-again';
  }

  succeeded(origin: string, since: number): Door | null {
    const found = this.#states.find(
      ({ door: { cause, time }, closedBy }) =>
        cause === 'start' && time > since && closedBy !== null && closedBy !== 'seen-again' && closedBy !== origin,
    );
    return found?.door ?? null;
  }

  latest(time: number): { door: Door; isSeenAgain: boolean } | null {
    const last = this.#states.findLast((one) => allows(one.door, time));
    return last ? { door: last.door, isSeenAgain: last.closedBy === 'seen-again' } : null;
  }
}

function isChange({ cause }: Door): boolean {
  return cause === 'start' || cause === 'eip-lost';
}

function allows({ cause, time }: Door, at: number): boolean {
  const isLasting = cause === 'start' || cause === 'second-interface';
  return at >= time - BEFORE && (isLasting || at <= time + HOURS * HOUR);
}

it('the doors of a workload open and close as if all were walked for each call', () => {
  fc.assert(
    fc.property(fc.array(door, { maxLength: 30 }), fc.array(call, { maxLength: 60 }), (doors, calls) => {
      const indexed = new Doors(doors, HOURS).on(PATH);
      const walked = new WalkedDoors(doors);
      for (const { hour, origin, isOld } of [...calls].sort((a, b) => a.hour - b.hour)) {
        const time = hour * HOUR;
        if (isOld) {
          indexed.seeAgain(time);
          walked.seeAgain(time);
        } else expect(indexed.admit(origin, time, () => true)).toBe(walked.admit(origin, time));
        expect(indexed.latest(time)).toEqual(walked.latest(time));
        for (const since of [0, 20, 40])
          expect(indexed.succeeded(origin, since * HOUR)).toBe(walked.succeeded(origin, since * HOUR));
      }
    }),
    runs(500),
  );
});
