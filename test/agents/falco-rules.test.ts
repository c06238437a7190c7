import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { DEFAULT_KUBERNETES } from '../../lambda/detection/model/kubernetes-settings';
import { partsOf, type Comparison } from './falco-condition';
import { FalcoRulesFile, type FalcoEvent } from './falco-rules-file';

const file = new FalcoRulesFile();

/**
 * Types of fields, by Falco's libs 0.23.2 (userspace/libsinsp/sinsp_filtercheck_*.cpp) and its container plugin 0.6.4
 * (plugins/container/src/caps/extract/extract.cpp): those of Falco 0.43. They are the same in libs 0.25.4, of Falco 0.44.
 */
const FIELDS: Readonly<Record<string, 'string' | 'number' | 'bool' | 'buffer'>> = {
  'evt.type': 'string',
  'evt.is_open_read': 'bool',
  'evt.arg.flags': 'string',
  'evt.buffer': 'buffer',
  'fd.name': 'string',
  'fd.num': 'number',
  'fd.typechar': 'string',
  'fd.sport': 'number',
  'fd.is_upper_layer': 'bool',
  'proc.name': 'string',
  'proc.cmdline': 'string',
  'proc.exepath': 'string',
  'proc.pname': 'string',
  'user.name': 'string',
  'user.uid': 'number',
  'container.id': 'string',
  'container.name': 'string',
  'container.image.repository': 'string',
  'container.image.tag': 'string',
  'k8s.ns.name': 'string',
  'k8s.pod.name': 'string',
};

/** What each type can be compared by (userspace/libsinsp/filter_compare.cpp), as far as it is used. */
const OPERATORS = {
  string: ['=', '!=', 'in', 'contains', 'icontains', 'startswith', 'endswith', 'glob', 'regex', 'exists'],
  number: ['=', '!=', '<', '<=', '>', '>=', 'in', 'exists'],
  bool: ['=', '!=', 'in', 'exists'],
  buffer: ['=', '!=', 'in', 'contains', 'bcontains', 'startswith', 'bstartswith', 'endswith', 'exists'],
};

function isUnderstood({ transformer, field, operator, values }: Comparison): boolean {
  const type = FIELDS[field];
  if (!type || !OPERATORS[type].includes(operator)) return false;
  if (transformer !== null && (transformer !== 'tolower' || type !== 'string')) return false;
  return operator !== 'bcontains' || values.every((value) => /^(?:[0-9a-f]{2})+$/.test(value));
}

/** A query for the A record of a name, as a resolver sends it: its first 80 bytes, which Falco keeps. */
function dnsQuery(name: string): string {
  const labels = name.split('.').map((label) => `${String.fromCharCode(label.length)}${label}`);
  return `\x12\x34\x01\0\0\x01\0\0\0\0\0\0${labels.join('')}\0\0\x01\0\x01`.slice(0, 80);
}

const POD: FalcoEvent = {
  'container.id': '0123456789ab',
  'container.image.repository': 'docker.io/library/ubuntu',
  'k8s.ns.name': 'default',
  'k8s.pod.name': 'ubuntu',
  'proc.name': 'curl',
};

const asks = (name: string, more: FalcoEvent = {}): FalcoEvent => ({
  ...POD,
  'evt.type': 'sendmmsg',
  'fd.sport': '53',
  'evt.buffer': dnsQuery(name),
  ...more,
});

const runs = (cmdline: string, more: FalcoEvent = {}): FalcoEvent => ({
  ...POD,
  'evt.type': 'execve',
  'proc.cmdline': cmdline,
  ...more,
});

const opens = (path: string, more: FalcoEvent = {}): FalcoEvent => ({
  ...POD,
  'evt.type': 'openat',
  'evt.is_open_read': 'true',
  'evt.arg.flags': 'O_RDONLY|O_CLOEXEC|FD_UPPER_LAYER',
  'fd.typechar': 'f',
  'fd.num': '3',
  'fd.is_upper_layer': 'true',
  'fd.name': path,
  ...more,
});

const ASKED = 'credlock: mining domain asked for';
const NAMED = 'credlock: mining domain in a command line';
const LOADED = 'credlock: new library loaded';

test('the rules have the names by which findings are made of their alarms', () => {
  expect(file.rules.map(({ rule }) => rule)).toEqual([ASKED, NAMED, LOADED]);
  const ours = Object.entries(DEFAULT_KUBERNETES.runtimeRules).filter(([name]) => name.startsWith('credlock: '));
  expect(Object.fromEntries(ours)).toEqual({
    [ASKED]: 'CryptoMining',
    [NAMED]: 'CryptoMining',
    [LOADED]: 'NewLibraryLoaded',
  });
  expect(file.engine).toBe('0.58.0');
});

test.each(file.rules)('$rule compares known fields by operators of their types', (rule) => {
  const comparisons = file.comparisonsOf(rule);
  expect(comparisons.length).toBeGreaterThan(2);
  expect(comparisons.filter((one) => !isUnderstood(one))).toEqual([]);
});

test('a field, an operator or digits that Falco does not know are noticed', () => {
  const compared = (field: string, operator: string, value: string): Comparison => ({
    kind: 'comparison',
    transformer: null,
    field,
    operator,
    values: [value],
  });
  expect(isUnderstood(compared('dns.qname', '=', 'a'))).toBe(false);
  expect(isUnderstood(compared('evt.buffer', 'icontains', 'pool'))).toBe(false);
  expect(isUnderstood(compared('evt.buffer', 'bcontains', '0g'))).toBe(false);
  expect(isUnderstood({ ...compared('evt.buffer', 'bcontains', '00'), transformer: 'tolower' })).toBe(false);
});

test.each(file.rules)(
  '$rule writes known fields, names the pod and its image, and keeps container events only',
  (rule) => {
    const written = [...rule.output.matchAll(/%([a-z0-9_.]+)/g)].map(([, field = '']) => field);
    expect(written.filter((field) => !(field in FIELDS))).toEqual([]);
    expect(written).toEqual(
      expect.arrayContaining([
        'k8s.ns.name',
        'k8s.pod.name',
        'container.id',
        'container.image.repository',
        'proc.name',
      ]),
    );
    expect(file.comparisonsOf(rule)).toContainEqual(
      expect.objectContaining({ field: 'container.id', operator: '!=', values: ['host'] }),
    );
  },
);

test.each(file.rules.flatMap(({ exceptions = [] }) => exceptions))(
  'the exception $name is well formed',
  (exception) => {
    const { fields, comps, values } = exception;
    expect([fields].flat().filter((field) => FIELDS[field] !== 'string')).toEqual([]);
    if (typeof fields === 'string') {
      expect(comps).toBe('in');
      expect(values.filter((value) => typeof value !== 'string')).toEqual([]);
      return;
    }
    expect(comps).toHaveLength(fields.length);
    for (const row of values) expect(row).toHaveLength(fields.length);
  },
);

test('every list and macro is used', () => {
  const named = file.rules.flatMap(({ exceptions = [] }) => exceptions.flatMap(({ values }) => values.flat(2)));
  expect([...file.lists.keys()].filter((list) => !named.includes(list))).toEqual([]);
  const conditions = file.rules.map(({ condition }) => condition).join(' ');
  expect([...file.macros.keys()].filter((macro) => !conditions.includes(macro))).toEqual([]);
});

function namesIn(macro: string): Comparison[] {
  const condition = file.macros.get(macro);
  return condition ? partsOf(condition).filter((part) => part.kind === 'comparison') : [];
}

/** The domain of a name's bytes: `\4pool\7example\3org\0`. */
function domainOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const labels: string[] = [];
  let at = 0;
  for (; bytes[at]; at += 1 + (bytes[at] ?? 0))
    labels.push(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] ?? 0)));
  expect(at).toBe(bytes.length - 1);
  return labels.join('.');
}

test('both lists of mining domains hold the same, in order', () => {
  const asked = namesIn('credlock_asks_for_mining_domain').map(({ values: [hex = ''] }) => domainOf(hex));
  const [pattern = ''] = namesIn('credlock_names_mining_domain').flatMap(({ values }) => values);
  const [, alternatives = ''] = /\((\w[^()]+\|[^()]+)\)/.exec(pattern) ?? [];
  expect(asked.length).toBeGreaterThan(30);
  expect(asked).toEqual([...new Set(asked)].sort());
  expect(alternatives.replaceAll('[.]', '.').split('|')).toEqual(asked);
});

test.each([
  'us-east.equihash-hub.miningpoolhub.com',
  'miningpoolhub.com',
  'xmr-eu1.nanopool.org',
  `${'a'.repeat(40)}.nanopool.org`,
])('a query for %s is for a mining domain', (name) => {
  expect(file.raisedBy(asks(name))).toEqual([ASKED]);
});

test.each([
  'notminingpoolhub.com',
  'miningpoolhub.com.example.org',
  'miningpoolhub.com.default.svc.cluster.local',
  'miningpoolhub.company',
  'pool.example.org',
])('a query for %s is not', (name) => {
  expect(file.raisedBy(asks(name))).toEqual([]);
});

test('of a query no more is seen than its first 80 bytes, and nothing with capital letters', () => {
  expect(file.raisedBy(asks(`${'a'.repeat(60)}.nanopool.org`))).toEqual([]);
  expect(file.raisedBy(asks('MiningPoolHub.com'))).toEqual([]);
});

test('what is sent to another port, written, or sent on the node is no query', () => {
  expect(file.raisedBy(asks('miningpoolhub.com', { 'fd.sport': '443' }))).toEqual([]);
  expect(file.raisedBy(asks('miningpoolhub.com', { 'evt.type': 'write' }))).toEqual([]);
  expect(file.raisedBy(asks('miningpoolhub.com', { 'container.id': 'host' }))).toEqual([]);
});

test('the DNS servers of the cluster may ask for any name, a process that is called like one may not', () => {
  const server = { 'proc.name': 'coredns', 'k8s.ns.name': 'kube-system' };
  expect(file.raisedBy(asks('miningpoolhub.com', server))).toEqual([]);
  expect(file.raisedBy(asks('miningpoolhub.com', { ...server, 'k8s.ns.name': 'default' }))).toEqual([ASKED]);
  expect(file.raisedBy(asks('miningpoolhub.com', { ...server, 'proc.name': 'sh' }))).toEqual([ASKED]);
});

test.each([
  'curl http://us-east.equihash-hub.miningpoolhub.com:12026',
  'xmrig -o stratum+tcp://XMR-EU1.NANOPOOL.ORG:14433 -u wallet',
  'sh -c "echo one\nping pool.supportxmr.com.\necho two"',
  'ping f2pool.com',
])('the command line %j names a mining domain', (cmdline) => {
  expect(file.raisedBy(runs(cmdline))).toEqual([NAMED]);
});

test.each([
  'curl https://notminingpoolhub.com',
  'curl https://miningpoolhub.com.example.org/',
  'curl https://my-f2pool.com',
  'curl https://example.org/miningpoolhub/com',
])('the command line %j does not', (cmdline) => {
  expect(file.raisedBy(runs(cmdline))).toEqual([]);
});

test.each(['/usr/lib/libevil.so', '/tmp/libcurl.so.4.8.0', '/app/module.cpython-312-x86_64-linux-gnu.so'])(
  '%s on the upper layer is a new library',
  (path) => {
    expect(file.raisedBy(opens(path))).toEqual([LOADED]);
  },
);

test.each<[string, FalcoEvent]>([
  ['a library of the image', opens('/usr/lib/libc.so.6', { 'fd.is_upper_layer': 'false' })],
  ['the index of ldconfig', opens('/etc/ld.so.cache')],
  ['a library that is copied', opens('/usr/lib/libz.so.1', { 'evt.arg.flags': 'O_RDONLY|FD_UPPER_LAYER' })],
  ['a library that is written', opens('/usr/lib/libz.so.1', { 'evt.is_open_read': 'false' })],
  ['a library that dpkg reads', opens('/usr/lib/libz.so.1', { 'proc.name': 'dpkg' })],
  ['another file', opens('/usr/lib/libz.so.txt/readme')],
  ['a library that is not there', opens('/usr/lib/libz.so.1', { 'fd.num': '-1' })],
  ['a library of the node', opens('/usr/lib/libz.so.1', { 'container.id': 'host' })],
])('%s is no new library', (_, event) => {
  expect(file.raisedBy(event)).toEqual([]);
});

test('falcosidekick writes to the log group that the hub subscribes, and names cluster, account and Region', () => {
  const values = z
    .object({
      falco: z.object({ rule_matching: z.literal('all'), json_output: z.literal(true) }),
      falcosidekick: z.object({
        enabled: z.literal(true),
        config: z.object({
          customfields: z.string(),
          aws: z.object({
            region: z.string(),
            cloudwatchlogs: z.object({ loggroup: z.string(), minimumpriority: z.string() }),
          }),
        }),
      }),
    })
    .parse(parse(readFileSync('falco/falcosidekick-values.yaml', 'utf8')));
  const { customfields, aws } = values.falcosidekick.config;
  expect(customfields).toBe(`cluster:DEMO,account:111122223333,region:${aws.region}`);
  expect(aws.cloudwatchlogs).toEqual({ loggroup: '/credlock/falco/DEMO', minimumpriority: 'warning' });
  const priorities = file.rules.map(({ priority }) => priority);
  expect(priorities.filter((one) => !['WARNING', 'CRITICAL'].includes(one))).toEqual([]);
});
