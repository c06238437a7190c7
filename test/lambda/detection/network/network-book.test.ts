import { cidrSet } from '../../../../lambda/detection/model/address';
import { emptyLife, knowsInterfaces, NetworkBook } from '../../../../lambda/detection/network/network-book';
import {
  covers,
  holdsAt,
  strictlyHoldsAt,
  type Holder,
  type Tenure,
} from '../../../../lambda/detection/network/address-tenure';
import { ACCOUNT, at, OTHER_ACCOUNT } from '../trail';

const IP = '198.51.100.20';

function tenure(since: string, until: string | null, over: Partial<Tenure> = {}): Tenure {
  return {
    address: IP,
    range: null,
    holder: { kind: 'instance', id: 'i-1' },
    account: ACCOUNT,
    region: 'eu-west-1',
    vpcId: null,
    since: at(since),
    sinceEvent: `since ${since}`,
    sinceAction: 'AssociateAddress',
    until: until === null ? null : at(until),
    untilEvent: null,
    ...over,
  };
}

/** A book in which instance i-1 had these tenures, and others had those. */
function bookOf(own: readonly Tenure[], others: readonly Tenure[] = []): NetworkBook {
  const book = new NetworkBook();
  book.instances.set(`${ACCOUNT}/i-1`, { ...emptyLife(), tenures: [...own] });
  book.byAddress.set(
    IP,
    [...own, ...others].sort((a, b) => a.since - b.since),
  );
  return book;
}

function owned(book: NetworkBook, time: string, address = IP): string {
  return book.ownAddress(ACCOUNT, 'i-1', address, at(time))?.sinceEvent ?? '-';
}

const NEIGHBOUR: Holder = { kind: 'instance', id: 'i-2' };

describe('a tenure', () => {
  it('reaches a minute back, and lasts for the rest of its last hour', () => {
    const held = tenure('07:00', '09:30');
    expect(holdsAt(held, at('06:58:59'))).toBe(false);
    expect(holdsAt(held, at('06:59'))).toBe(true);
    expect(holdsAt(held, at('09:59:59'))).toBe(true);
    expect(holdsAt(held, at('10:00'))).toBe(false);
  });

  it('that ends with the hour lasts the next one', () => {
    const held = tenure('07:00', '09:00');
    expect(holdsAt(held, at('09:59:59'))).toBe(true);
    expect(holdsAt(held, at('10:00'))).toBe(false);
  });

  it('without an end lasts', () => {
    expect(holdsAt(tenure('07:00', null), at('300d 10:00'))).toBe(true);
  });

  it('strictly is from its first moment to before its last', () => {
    const held = tenure('07:00', '09:30');
    expect(strictlyHoldsAt(held, at('06:59:59'))).toBe(false);
    expect(strictlyHoldsAt(held, at('07:00'))).toBe(true);
    expect(strictlyHoldsAt(held, at('09:29:59'))).toBe(true);
    expect(strictlyHoldsAt(held, at('09:30'))).toBe(false);
    expect(strictlyHoldsAt(tenure('07:00', null), at('09:30'))).toBe(true);
  });

  it('covers its address, or every address of its prefix', () => {
    expect(covers(tenure('07:00', null), IP)).toBe(true);
    expect(covers(tenure('07:00', null), '198.51.100.21')).toBe(false);
    const prefix = tenure('07:00', null, { address: '10.0.9.0/28', range: cidrSet(['10.0.9.0/28']) });
    expect(covers(prefix, '10.0.9.15')).toBe(true);
    expect(covers(prefix, '10.0.9.16')).toBe(false);
  });
});

describe('an own address', () => {
  it('is so during its tenure, graces included', () => {
    const book = bookOf([tenure('07:00', '09:30')]);
    expect(['06:58', '06:59', '08:00', '09:45', '10:00'].map((time) => owned(book, time))).toEqual([
      '-',
      'since 07:00',
      'since 07:00',
      'since 07:00',
      '-',
    ]);
    expect(owned(book, '08:00', '198.51.100.21')).toBe('-');
    expect(book.ownAddress(ACCOUNT, 'i-9', IP, at('08:00'))).toBeNull();
    expect(book.ownAddress(OTHER_ACCOUNT, 'i-1', IP, at('08:00'))).toBeNull();
  });

  it('is told by the tenure of that moment, not by one in its grace', () => {
    const book = bookOf([tenure('07:00', '09:10'), tenure('09:30', null)]);
    expect(owned(book, '09:40')).toBe('since 09:30');
    expect(owned(book, '09:20')).toBe('since 07:00');
  });

  it('has no grace where somebody else has the address by then', () => {
    const neighbour = tenure('09:35', null, { holder: NEIGHBOUR });
    const book = bookOf([tenure('07:00', '09:30')], [neighbour]);
    expect(owned(book, '09:32')).toBe('since 07:00');
    expect(owned(book, '09:40')).toBe('-');
    const before = bookOf([tenure('09:00', null)], [tenure('07:00', '09:00', { holder: NEIGHBOUR })]);
    expect(owned(before, '08:59:30')).toBe('-');
    expect(owned(before, '09:00')).toBe('since 09:00');
  });

  it('keeps its grace where only the account has the address', () => {
    const allocation = tenure('06:00', null, { holder: { kind: 'allocation', id: 'eipalloc-1' } });
    expect(owned(bookOf([tenure('07:00', '09:30')], [allocation]), '09:40')).toBe('since 07:00');
  });
});

describe('the holder of an address', () => {
  const book = bookOf(
    [tenure('07:00', '09:00')],
    [
      tenure('09:00', null, { holder: NEIGHBOUR }),
      tenure('05:00', null, { holder: { kind: 'allocation', id: 'eipalloc-1' } }),
    ],
  );

  it('is who had it at the time, never an allocation', () => {
    const holder = (time: string) => book.holderOf(IP, at(time))?.holder.id ?? '-';
    expect(['06:00', '07:00', '08:59:59', '09:00'].map(holder)).toEqual(['-', 'i-1', 'i-1', 'i-2']);
    expect(book.holderOf('198.51.100.21', at('08:00'))).toBeNull();
  });

  it('is the latest where several have it', () => {
    const both = bookOf([tenure('07:00', null)], [tenure('08:00', null, { holder: NEIGHBOUR })]);
    expect(both.holderOf(IP, at('09:00'))?.holder.id).toBe('i-2');
  });

  it('is somebody else where one is left out', () => {
    expect(book.holderOf(IP, at('08:00'), { kind: 'instance', id: 'i-1' })).toBeNull();
    expect(book.holderOf(IP, at('08:00'), NEIGHBOUR)?.holder.id).toBe('i-1');
  });
});

describe('the account of an address', () => {
  it('is that of the latest tenure, graces included', () => {
    const book = bookOf(
      [tenure('07:00', '09:30')],
      [tenure('09:40', null, { account: OTHER_ACCOUNT, region: 'us-east-1', holder: NEIGHBOUR })],
    );
    const account = (time: string) => book.accountOf(IP, at(time))?.account ?? '-';
    expect(['06:58', '06:59', '09:35', '09:45'].map(account)).toEqual(['-', ACCOUNT, ACCOUNT, OTHER_ACCOUNT]);
    expect(book.accountOf(IP, at('12:00'))).toEqual({ account: OTHER_ACCOUNT, region: 'us-east-1' });
  });
});

describe('the interfaces of an instance', () => {
  it('are known where the launch listed them, until one comes that nobody saw made', () => {
    const known = { ...emptyLife(), interfacesKnown: true };
    expect(knowsInterfaces(emptyLife(), at('08:00'))).toBe(false);
    expect(knowsInterfaces(known, at('08:00'))).toBe(true);
    const until = { ...known, unknownInterfaceSince: at('08:00') };
    expect(knowsInterfaces(until, at('07:58:59'))).toBe(true);
    expect(knowsInterfaces(until, at('07:59'))).toBe(false);
    expect(knowsInterfaces({ ...until, interfacesKnown: false }, at('07:00'))).toBe(false);
    const listed = { ...emptyLife(), interfacesListed: at('08:00') };
    expect(knowsInterfaces(listed, at('08:00'))).toBe(true);
    expect(knowsInterfaces(listed, at('07:59'))).toBe(false);
  });

  it('an empty life knows nothing', () => {
    expect(emptyLife()).toEqual({
      region: null,
      vpcId: null,
      subnetId: null,
      launched: null,
      terminated: null,
      power: [],
      doors: [],
      tenures: [],
      interfacesKnown: false,
      interfacesListed: null,
      unknownInterfaceSince: null,
      secondInterface: null,
      eksNode: false,
      forwarding: [],
    });
  });
});
