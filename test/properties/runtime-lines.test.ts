import fc from 'fast-check';
import { DEFAULT_KUBERNETES } from '../../lambda/detection/model/kubernetes-settings';
import { isPrintable } from '../../lambda/detection/model/printable';
import { ACT_SCHEMA } from '../../lambda/kubernetes/act-schema';
import { composeActs } from '../../lambda/kubernetes/compose-acts';
import { UNKNOWN_CLUSTER } from '../../lambda/kubernetes/cluster';
import { kubectlCommands } from '../../lambda/kubernetes/kubectl-commands';
import { readRuntimeLine } from '../../lambda/runtime/read-runtime-line';
import { unwrapAlarms } from '../../lambda/runtime/unwrap-alarms';
import { falcoLine, tetragonLine } from '../lambda/runtime/agent-lines';
import { runs } from './property-runs';

const RULES = Object.keys(DEFAULT_KUBERNETES.runtimeRules);
const FIELDS = {
  'fd.name': '/tmp/x.so',
  'evt.buffer': '..pool.example.org..',
  'proc.cmdline': 'curl http://pool.example.org',
  'evt.res': 'SUCCESS',
  cluster: 'demo',
  account: '111122223333',
  region: 'eu-west-1',
};
const BASES = [
  ...RULES.map((rule) => falcoLine(FIELDS, { rule, uuid: 'ec834826' })),
  ...RULES.map((policy_name) => ({
    process_kprobe: {
      process: tetragonLine()['process_exec'],
      policy_name,
      args: [{ file_arg: { path: '/tmp/x.so' } }, { linux_binprm_arg: { path: '/tmp/x' } }],
    },
    time: '2026-09-01T10:00:00.7Z',
  })),
  { ...tetragonLine(), cluster_name: 'demo' },
];

/** Paths to all values in a value. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((one: unknown, at) => (String(at) === key ? replaced(one, rest, by) : one));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [key]: replaced(object[key], rest, by) };
}

const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.repeat(30)),
  fc.constantFrom(
    '<NA>',
    'host',
    '--all',
    '$(id)',
    '`id`',
    "';id;'",
    '../..',
    '\u202e',
    '\u0000',
    '__proto__',
    'constructor',
  ),
);
const VALUE = fc.oneof(TEXT, TEXT, fc.jsonValue(), fc.constant(undefined), fc.double());

const CHANGED = fc
  .constantFrom(...BASES)
  .chain((base) =>
    fc.tuple(fc.constant(base), fc.array(fc.tuple(fc.constantFrom(...pathsIn(base)), VALUE), { maxLength: 4 })),
  )
  .map(([base, changes]) => changes.reduce<unknown>((line, [path, by]) => tryReplace(line, path, by), base));

/** A path that another change removed changes nothing. */
function tryReplace(line: unknown, path: readonly string[], by: unknown): unknown {
  const leads = path
    .slice(0, -1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      line,
    );
  return typeof leads === 'object' && leads !== null ? replaced(line, path, by) : line;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test('lines with any values are read without a throw into acts that are bounded, printable and kept as they are', () => {
  fc.assert(
    fc.property(CHANGED, fc.constantFrom('falco', 'tetragon'), (line, agent) => {
      const read = readRuntimeLine(line, UNKNOWN_CLUSTER, agent, DEFAULT_KUBERNETES);
      const asText = readRuntimeLine(JSON.stringify(line), UNKNOWN_CLUSTER, agent, DEFAULT_KUBERNETES);
      if ('acts' in read && line !== undefined) expect(asText).toEqual(read);
      for (const act of 'acts' in read ? read.acts : []) {
        expect(JSON.stringify(act).length).toBeLessThanOrEqual(8_000);
        expect(ACT_SCHEMA.parse(JSON.parse(JSON.stringify(act)))).toEqual(act);
        expect(textsIn(act).filter((text) => !isPrintable(text))).toEqual([]);
        const finding = composeActs([act], {
          ownerOf: () => ({ ownership: 'unknown', account: null, region: null, why: '' }),
        });
        for (const command of finding
          ? [...kubectlCommands('inspect', finding), ...kubectlCommands('undo', finding)]
          : [])
          expect(command ?? '').not.toMatch(/\$\(id\)|`|;id|--all(?!-)/);
      }
    }),
    runs(600),
  );
});

test('no text makes the search for lines throw, and none is passed on twice', () => {
  fc.assert(
    fc.property(CHANGED, fc.nat(), fc.boolean(), (line, at, wrapped) => {
      const whole = JSON.stringify(wrapped ? { log: JSON.stringify(line) } : line) ?? '';
      const cut = whole.slice(0, at % (whole.length + 1));
      for (const text of [whole, cut]) {
        let passed = 0;
        const found = unwrapAlarms(text, { alarm: () => (passed += 1) });
        expect(passed).toBe(Number(found));
      }
    }),
    runs(300),
  );
});
