import { isIPv6 as isNodeIPv6 } from 'node:net';
import * as fc from 'fast-check';
import {
  addressKey,
  canonicalAddress,
  canonicalCidr,
  cidrFault,
  cidrSet,
  isInterconnect,
  isIPv6,
  isPrivateAddress,
  parseCidr,
} from '../../../../lambda/detection/model/address';

const NONE = cidrSet([]);

describe('canonicalAddress', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8:0000:0001:0000:0000:0000:0001', '2001:db8:0:1::1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6::', '1:2:3:4:5:6::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['::', '::'],
    ['::1', '::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:102:304', '1.2.3.4'],
    ['0:0:0:0:0:ffff:255.255.255.255', '255.255.255.255'],
    ['::1.2.3.4', '::102:304'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
    expect(canonicalAddress(canonical)).toBe(canonical);
  });

  test.each([
    '',
    ' ',
    '.',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.256',
    '1.2.3.1000',
    '035.249.253.232',
    '253.252.51.07',
    '1.2.3.00',
    '0x1.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.-4',
    '1.2.3.4/32',
    '16909060',
    '1.2.3.4:443',
    'ec2.amazonaws.com',
    'AWS Internal',
    ':',
    ':::',
    '1::2::3',
    '1:::2',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '[::1]',
    '::1/128',
    ' ::1',
    '::ffff:035.1.1.1',
    '::ffff:0x1.2.3.4',
    '::ffff:256.1.1.1',
    '::ffff:1.2.3',
    '1.2.3.4::',
    '１.2.3.4',
  ])('%p is no address', (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });

  test('every spelling of an IPv6 address has one canonical text', () => {
    fc.assert(
      fc.property(groups(), ([short, long]) => {
        expect(canonicalAddress(short)).toBe(canonicalAddress(long));
        expect(canonicalAddress(short)).toBe(browserText(long));
      }),
      { numRuns: 2000 },
    );
  });

  test('accepts exactly the IPv6 texts that Node accepts, zone ids apart', () => {
    const alphabet = fc.constantFrom('0', '1', 'a', 'F', ':', ':', '::', '.', '1.2.3.4', 'ffff');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 18 }), (parts) => {
        const text = parts.join('');
        fc.pre(text.includes(':'));
        expect(canonicalAddress(text) !== null).toBe(isNodeIPv6(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('accepts exactly the IPv4 texts that are their own four numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        expect(canonicalAddress(text)).toBe(parts.length === 4 && parts.every((part) => part < 256) ? text : null);
      }),
    );
  });
});

describe('isPrivateAddress', () => {
  test.each([
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.0',
    '192.168.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '0.255.255.255',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.0',
    '255.255.255.255',
    'fc00::',
    'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'fe80::',
    'febf::1',
    '::',
    '::1',
    'ff02::1',
  ])('%s is private', (address) => {
    expect(isPrivateAddress(address, NONE)).toBe(true);
  });

  test.each([
    '1.0.0.0',
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '223.255.255.255',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '2001:db8::1',
    'fbff::1',
    'fec0::1',
    'fc::1',
    '::2',
    '2600:1f18::1',
  ])('%s is public', (address) => {
    expect(isPrivateAddress(address, NONE)).toBe(false);
  });

  test('networks declared private are private', () => {
    const declared = cidrSet(['198.51.100.0/24', '2001:db8:5::/48']);
    expect(isPrivateAddress('198.51.100.77', declared)).toBe(true);
    expect(isPrivateAddress('2001:db8:5::9', declared)).toBe(true);
    expect(isPrivateAddress('198.51.101.0', declared)).toBe(false);
  });
});

test.each([
  ['198.17.255.255', false],
  ['198.18.0.0', true],
  ['198.19.255.255', true],
  ['198.20.0.0', false],
  ['2001:db8::1', false],
])('isInterconnect(%s) is %s', (address, expected) => {
  expect(isInterconnect(address)).toBe(expected);
});

test('isIPv6 tells the families apart', () => {
  expect(isIPv6('2001:db8::1')).toBe(true);
  expect(isIPv6('192.0.2.1')).toBe(false);
});

describe('networks', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['2001:DB8:0::/48', '2001:db8::/48'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['d800:dc00::/32', 'd800:dc00::/32'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalCidr(text)).toBe(canonical);
    expect(cidrFault(text)).toBeNull();
  });

  test.each([
    ['10.0.0.1/8', 'has bits set behind its prefix (the network is 10.0.0.0/8)'],
    ['255.255.255.255/1', 'has bits set behind its prefix (the network is 128.0.0.0/1)'],
    ['2001:db8::1/64', 'has bits set behind its prefix (the network is 2001:db8::/64)'],
    ['d800:dc00:0:1::/48', 'has bits set behind its prefix (the network is d800:dc00::/48)'],
    ['10.0.0.0/33', 'has a prefix length that is no whole number from 0 to 32'],
    ['10.0.0.0/', 'has a prefix length that is no whole number from 0 to 32'],
    ['10.0.0.0/08', 'has a prefix length that is no whole number from 0 to 32'],
    ['10.0.0.0/-1', 'has a prefix length that is no whole number from 0 to 32'],
    ['2001:db8::/129', 'has a prefix length that is no whole number from 0 to 128'],
    ['::ffff:10.0.0.0/8', 'has a prefix length that is no whole number from 96 to 128'],
    ['10.0.0/8', 'is neither an address nor a network like 10.0.0.0/8 or 2001:db8::/32'],
    ['10.0.0.0/8/8', 'is neither an address nor a network like 10.0.0.0/8 or 2001:db8::/32'],
    ['', 'is neither an address nor a network like 10.0.0.0/8 or 2001:db8::/32'],
  ])('%s %s', (text, fault) => {
    expect(cidrFault(text)).toBe(fault);
    expect(canonicalCidr(text)).toBeNull();
    expect(parseCidr(text)).toBeNull();
  });

  test('a set holds what lies inside one of its networks, edges included', () => {
    const set = cidrSet([
      '10.1.0.0/16',
      '10.0.0.0/8',
      '192.0.2.128/25',
      '192.0.2.0/26',
      '2001:db8:1::/48',
      '2001:db8:ffff:fffe::/63',
      'junk',
    ]);
    const inside = [
      '10.0.0.0',
      '10.255.255.255',
      '10.1.2.3',
      '192.0.2.128',
      '192.0.2.255',
      '192.0.2.63',
      '2001:db8:1::',
      '2001:db8:ffff:ffff::1',
    ];
    const outside = [
      '9.255.255.255',
      '11.0.0.0',
      '192.0.2.64',
      '192.0.2.127',
      '192.0.3.0',
      '2001:db8:2::',
      '2001:db8:ffff:fffd::',
      '::a00:1',
    ];
    expect(inside.filter((address) => !set.has(address))).toEqual([]);
    expect(outside.filter((address) => set.has(address))).toEqual([]);
  });

  test('what is no address is in no network', () => {
    const everything = cidrSet(['0.0.0.0/0', '::/0']);
    expect(['ec2.amazonaws.com', 'AWS Internal', '', '1.2.3', 'a:b'].filter((text) => everything.has(text))).toEqual(
      [],
    );
    expect(everything.has('192.0.2.1') && everything.has('2001:db8::1')).toBe(true);
    expect(cidrSet(['::/0']).has('192.0.2.1')).toBe(false);
  });

  test('a set answers as comparing bit by bit does', () => {
    const network = fc.tuple(bits(), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(network, { minLength: 1, maxLength: 12 }), bits(), (networks, address) => {
        const expected = networks.some(([start, prefix]) => address.startsWith(start.slice(0, prefix)));
        for (const spell of [spellIPv4, spellIPv6]) {
          const set = cidrSet(
            networks.map(([start, prefix]) => `${spell(start.slice(0, prefix).padEnd(12, '0'))}/${prefix}`),
          );
          expect(set.has(spell(address))).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('keys are in the order of the addresses', () => {
    expect(key('9.255.255.255') < key('10.0.0.0')).toBe(true);
    expect(key('fe80::') > key('d800:dc00::')).toBe(true);
    expect(key('::1') < key('::1:0')).toBe(true);
    expect([addressKey('10.0.0'), addressKey('1:2:3'), addressKey('s3.amazonaws.com')]).toEqual([null, null, null]);
  });
});

function key(text: string) {
  return addressKey(text) ?? Number.NaN;
}

/** An IPv6 address (never IPv4-mapped) with many zero groups: compressed somewhere or in capitals, and written out. */
function groups() {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  return fc.array(group, { minLength: 8, maxLength: 8 }).map((values): [string, string] => {
    values[5] = values[5] === 0xffff ? 1 : (values[5] ?? 0);
    const long = values.map((value) => value.toString(16).padStart(4, '0').toUpperCase()).join(':');
    return [browserText(long), long];
  });
}

/** The WHATWG URL standard's form, which is RFC 5952's but for IPv4-mapped addresses. */
function browserText(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function bits() {
  return fc.array(fc.constantFrom('0', '1'), { minLength: 12, maxLength: 12 }).map((digits) => digits.join(''));
}

function spellIPv4(twelveBits: string): string {
  const number = Number.parseInt(twelveBits, 2);
  return `${number >> 4}.${(number & 15) << 4}.0.0`;
}

function spellIPv6(twelveBits: string): string {
  return canonicalAddress(`${(Number.parseInt(twelveBits, 2) << 4).toString(16)}::`) ?? '';
}
