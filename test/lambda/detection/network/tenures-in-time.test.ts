import fc from 'fast-check';
import { runs } from '../../../properties/property-runs';
import { cidrSet } from '../../../../lambda/detection/model/address';
import { covers, holdsAt, type Tenure } from '../../../../lambda/detection/network/address-tenure';
import { heldAt, lastEnded, latestEnd, tenuresAt } from '../../../../lambda/detection/network/tenures-in-time';

const MINUTE = 60_000;
const ADDRESSES = ['198.51.100.1', '198.51.100.2', '198.51.100.16/28'];

/** More than are walked, in order of their beginning; some never end. */
const tenures = fc
  .array(
    fc.record({
      address: fc.constantFrom(...ADDRESSES),
      since: fc.integer({ min: 0, max: 500 }),
      length: fc.option(fc.integer({ min: 0, max: 200 }), { freq: 10 }),
    }),
    { minLength: 40, maxLength: 90 },
  )
  .map((drawn) => drawn.map(tenureOf).sort((a, b) => a.since - b.since));

const time = fc.integer({ min: -10, max: 800 }).map((minutes) => minutes * MINUTE);

function tenureOf({ address, since, length }: { address: string; since: number; length: number | null }): Tenure {
  return {
    address,
    range: address.includes('/') ? cidrSet([address]) : null,
    holder: { kind: 'instance', id: 'i-1' },
    account: '111122223333',
    region: 'eu-west-1',
    vpcId: null,
    since: since * MINUTE,
    sinceEvent: `${since}`,
    sinceAction: 'AssociateAddress',
    until: length === null ? null : (since + length) * MINUTE,
    untilEvent: null,
  };
}

describe('many tenures of one address', () => {
  it('are found by a time as if they were walked', () => {
    fc.assert(
      fc.property(tenures, time, (all, at) => {
        expect(heldAt(all, at)).toEqual(all.filter((tenure) => holdsAt(tenure, at)));
      }),
      runs(300),
    );
  });

  it('are found by their ends as if they were walked', () => {
    fc.assert(
      fc.property(tenures, time, time, (drawn, since, at) => {
        const all = drawn.filter((tenure) => !holdsAt(tenure, at));
        const ended = all.filter(({ until }) => until !== null && until <= at);
        expect(latestEnd(all, at)).toBe(ended.length === 0 ? null : Math.max(...ended.map(({ until }) => until ?? 0)));
        expect(lastEnded(all, since, at)).toBe(ended.findLast(({ until }) => (until ?? 0) >= since) ?? null);
      }),
      runs(300),
    );
  });

  it.each([ADDRESSES, ADDRESSES.slice(0, 2)])('are found by an address as if they were walked: %s, %s', (...some) => {
    fc.assert(
      fc.property(tenures, fc.constantFrom('198.51.100.1', '198.51.100.20', '203.0.113.9'), (drawn, asked) => {
        const all = drawn.filter(({ address }) => some.includes(address));
        expect(tenuresAt(all, asked)).toEqual(all.filter((tenure) => covers(tenure, asked)));
      }),
      runs(300),
    );
  });
});
