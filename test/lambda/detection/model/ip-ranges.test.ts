import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IpRanges, parseIpRanges } from '../../../../lambda/detection/model/ip-ranges';
import { valueOf } from '../../../../lambda/detection/model/result';

const CREATED = '2026-08-01-00-00-00';

describe('the file of the scenarios', () => {
  const ranges = read(JSON.parse(readFileSync(join(__dirname, '../../../ip-ranges.json'), 'utf8')));

  test.each([
    ['198.51.100.0', 'eu-west-1', ['EC2']],
    ['198.51.100.127', 'eu-west-1', ['EC2']],
    ['198.51.100.128', 'us-east-1', ['EC2']],
    ['203.0.113.63', 'eu-west-1', ['AMAZON', 'EC2']],
    ['203.0.113.64', 'us-east-1', ['EC2']],
    ['203.0.113.191', 'eu-west-1', ['AMAZON', 'S3']],
    ['2001:db8:e1::', 'eu-west-1', ['EC2']],
    ['2001:db8:e1:ffff:ffff:ffff:ffff:ffff', 'eu-west-1', ['EC2']],
    ['2001:db8:a1::5', 'us-east-1', ['EC2']],
  ])('%s is in %s for %p', (address, region, services) => {
    const ec2 = services.includes('EC2');
    expect(ranges.lookup(address)).toEqual({ region, services, ec2, borderGroup: region });
  });

  test.each([
    '192.0.2.1',
    '203.0.113.192',
    '203.0.113.255',
    '198.51.99.255',
    '198.51.101.0',
    '10.0.0.1',
    '2001:db8:ffff::1',
    '2001:db8:e2::',
    '2001:db8:e0:ffff:ffff:ffff:ffff:ffff',
    '0.0.0.0',
    '255.255.255.255',
    '::',
    'ec2.amazonaws.com',
    '',
  ])("%p is not AWS's", (address) => {
    expect(ranges.lookup(address)).toBeNull();
  });

  test('has the date it was published with, and nothing wrong', () => {
    expect([ranges.createDate, ranges.skipped]).toEqual([CREATED, 0]);
  });
});

describe('prefixes inside prefixes', () => {
  const entries = [
    ipv4('198.51.100.0/24', 'GLOBAL', 'AMAZON'),
    ipv4('198.51.100.0/26', 'eu-west-1', 'EC2'),
    ipv4('198.51.100.0/28', 'eu-west-2', 'S3'),
    ipv4('198.51.100.16/28', 'eu-west-1', 'EC2', 'eu-west-1-ber-1'),
    ipv4('198.51.100.128/26', 'GLOBAL', 'ROUTE53_HEALTHCHECKS'),
  ];

  test.each<[string, string, string[], [region: string, borderGroup: string]]>([
    [
      'EC2 says the Region, though a closer prefix says otherwise',
      '198.51.100.1',
      ['AMAZON', 'EC2', 'S3'],
      ['eu-west-1', 'eu-west-1'],
    ],
    ['the closest EC2 prefix', '198.51.100.17', ['AMAZON', 'EC2'], ['eu-west-1', 'eu-west-1-ber-1']],
    ['an EC2 prefix inside a wider one', '198.51.100.63', ['AMAZON', 'EC2'], ['eu-west-1', 'eu-west-1']],
    ['back in the wide prefix behind the narrow ones', '198.51.100.64', ['AMAZON'], ['GLOBAL', 'GLOBAL']],
    ['no EC2: the closest prefix', '198.51.100.129', ['AMAZON', 'ROUTE53_HEALTHCHECKS'], ['GLOBAL', 'GLOBAL']],
    ['the last address', '198.51.100.255', ['AMAZON'], ['GLOBAL', 'GLOBAL']],
  ])('%s', (_, address, services, [region, borderGroup]) => {
    const expected = { region, services, ec2: services.includes('EC2'), borderGroup };
    expect(read(published(entries)).lookup(address)).toEqual(expected);
    expect(read(published([...entries].reverse())).lookup(address)).toEqual(expected);
  });

  test('nothing outside them', () => {
    const ranges = read(published(entries));
    expect([ranges.lookup('198.51.99.255'), ranges.lookup('198.51.101.0')]).toEqual([null, null]);
  });

  test('IPv6 too, whatever its spelling', () => {
    const wide = { ipv6_prefix: '2001:DB8::/32', region: 'GLOBAL', service: 'AMAZON', network_border_group: 'GLOBAL' };
    const narrow = { ipv6_prefix: '2001:db8:0:0::/64', region: 'eu-west-1', service: 'EC2' };
    const ranges = read(published([], [narrow, wide]));
    expect(ranges.lookup('2001:db8::1')).toEqual({
      region: 'eu-west-1',
      services: ['AMAZON', 'EC2'],
      ec2: true,
      borderGroup: null,
    });
    expect(ranges.lookup('2001:db8:0:1::')).toEqual({
      region: 'GLOBAL',
      services: ['AMAZON'],
      ec2: false,
      borderGroup: 'GLOBAL',
    });
    expect(ranges.lookup('2001:db9::')).toBeNull();
  });

  test('one network in two spellings is one network', () => {
    const spellings = ['2001:db8:5::/48', '2001:DB8:5::/48'];
    const both = spellings.map((ipv6_prefix, at) => ({ ipv6_prefix, region: 'eu-west-1', service: ['EC2', 'S3'][at] }));
    expect(read(published([], both)).lookup('2001:db8:5::1')?.services).toEqual(['EC2', 'S3']);
  });
});

test('bad entries are left out and counted, the good ones kept', () => {
  const bad = [
    null,
    'x',
    [],
    {},
    ipv4('203.0.113.1/24', 'eu-west-1', 'EC2'),
    ipv4('203.0.113.0/33', 'eu-west-1', 'EC2'),
    ipv4('', 'eu-west-1', 'EC2'),
    ipv4('203.0.113.0/24', '', 'EC2'),
    ipv4('203.0.113.0/24', 'eu-west-1', ''),
    { ...ipv4('203.0.113.0/24', 'eu-west-1', 'EC2'), region: 7 },
    { ...ipv4('203.0.113.0/24', 'eu-west-1', 'EC2'), service: undefined },
    { ...ipv4('203.0.113.0/24', 'eu-west-1', 'EC2'), ip_prefix: 7 },
  ];
  const ranges = read(
    published([...bad, ipv4('198.51.100.0/24', 'eu-west-1', 'EC2')], [{ ip_prefix: '203.0.113.0/24' }]),
  );
  expect(ranges.skipped).toBe(bad.length + 1);
  expect(ranges.lookup('198.51.100.1')?.ec2).toBe(true);
  expect(ranges.lookup('203.0.113.1')).toBeNull();
});

test.each([
  [null, 'must be an object with createDate, prefixes and ipv6_prefixes, got null'],
  [[1], 'must be an object with createDate, prefixes and ipv6_prefixes, got [1]'],
  [undefined, 'must be an object with createDate, prefixes and ipv6_prefixes, got nothing'],
  [{}, 'createDate must be a time like 2026-08-01-00-00-00, got nothing'],
  [{ createDate: '2026-08-01' }, 'createDate must be a time like 2026-08-01-00-00-00, got "2026-08-01"'],
  [{ createDate: CREATED }, 'prefixes must be a list, got nothing'],
  [{ createDate: CREATED, prefixes: { a: 'x'.repeat(99) } }, `prefixes must be a list, got {"a":"${'x'.repeat(54)}…`],
  [{ createDate: CREATED, prefixes: [] }, 'ipv6_prefixes must be a list, got nothing'],
  [published([{}, {}]), 'prefixes must hold entries with ip_prefix, region and service, none of the 2 given does'],
  [published([]), 'prefixes must hold entries with ip_prefix, region and service, none of the 0 given does'],
])('fault %#', (json, fault) => {
  expect(parseIpRanges(json)).toEqual({ faults: [fault] });
});

function read(json: unknown): IpRanges {
  return valueOf(parseIpRanges(json));
}

function published(prefixes: readonly unknown[], ipv6Prefixes: readonly unknown[] = []) {
  return { syncToken: '1785542400', createDate: CREATED, prefixes, ipv6_prefixes: ipv6Prefixes };
}

function ipv4(prefix: string, region: string, service: string, borderGroup = region) {
  return { ip_prefix: prefix, region, service, network_border_group: borderGroup };
}
