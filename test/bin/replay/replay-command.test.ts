import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Finding } from '../../../lambda/detection/model/finding';
import {
  chapter,
  CONFIG,
  credlock,
  DAY,
  findingsOf,
  IP_RANGES,
  linesOf,
  once,
  place,
  put,
  removeAll,
  replay,
} from '../credlock-command';
import { FINDING_KEYS, FINDING_LINE } from './finding-line';
import { sessionCall, foreignCall } from '../../lambda/trail-files/trail-fixtures';
import { shuffled, trailLines } from './trail-lines';

const LAPTOP = chapter('03');
const NEIGHBOUR = chapter('06');
const WHOLE_DAY = [...DAY, '--config', CONFIG];
const LAPTOP_LINES = trailLines(LAPTOP).join('\n');
const trail = (...records: object[]): string => JSON.stringify({ Records: records });

const onLaptop = once(() => findingsOf([LAPTOP]));
const ofWholeDay = once(() => replay([...WHOLE_DAY, '--format', 'jsonl']));
const tableOfWholeDay = once(() => replay(WHOLE_DAY));

afterAll(removeAll);

describe('what is printed', () => {
  test.concurrent('jsonl: one finding a line, of the documented shape, and nothing else', async () => {
    const { stdout, code } = await ofWholeDay();
    const lines = linesOf(stdout).map((line): unknown => JSON.parse(line));
    expect(lines).toHaveLength(9);
    for (const line of lines) expect(FINDING_LINE.safeParse(line).error).toBeUndefined();
    for (const line of lines) expect(Object.keys(line as Finding)).toEqual(FINDING_KEYS);
    expect(code).toBe(0);
  });

  test.concurrent('the shape is told from one with another key', async () => {
    const [finding] = await onLaptop();
    expect(FINDING_LINE.safeParse(finding).success).toBe(true);
    expect(FINDING_LINE.safeParse({ ...finding, more: 1 }).success).toBe(false);
    const lock = finding?.lock.map((entry) => ({ ...entry, more: 1 }));
    expect(FINDING_LINE.safeParse({ ...finding, lock }).success).toBe(false);
  });

  test.concurrent('table: the weightiest first, with whom, where, when and why', async () => {
    const { stdout, stderr } = await tableOfWholeDay();
    const rows = stdout.split('\n').filter((line) => /^(?:HIGH|MED) /.test(line));
    expect(rows.map((line) => line.slice(0, 4).trim())).toEqual([...Array<string>(7).fill('HIGH'), 'MED', 'MED']);
    for (const part of ['OutsideAWS', 'i-0503ef2529', '192.0.2.66', '13:41', 'GetObject ×7 shop-receipts'])
      expect(stdout).toContain(part);
    expect(stdout).toMatch(/^9 findings: 7 HIGH, 2 MEDIUM, /);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).not.toContain('\u001b');
  });

  test.concurrent('the summary says what was read, left out, judged, kept quiet and found', async () => {
    const { stderr } = await tableOfWholeDay();
    expect(linesOf(stderr)).toEqual([
      `ip-ranges.json of 2026-09-10-00-00-00: ${IP_RANGES}`,
      'Read 97 files, 519 records.',
      'Left out: records of AWS services and other accounts, without workload credentials: 13; digest files: 10; pre-signed URLs, which anyone can call: 3.',
      'Judged 36 workloads with 39 sessions.',
      'Not judged: calls that no record ties to a workload: 1; calls with credentials issued to another principal: 1; requests that a relay sent on: 4.',
      'Findings: HIGH 7, MEDIUM 2, LOW 0, INFORMATIONAL 0. Suppressed: 1.',
    ]);
  });

  test.concurrent('--out gets what standard output would get, and makes no folder', async () => {
    const out = place('findings-out.jsonl');
    const mistyped = await replay([LAPTOP, '--out', join(place('new'), 'findings.jsonl')]);
    expect(mistyped).toMatchObject({ code: 1, stdout: '' });
    expect(mistyped.stderr).toContain('there is no folder ');
    const [printed, written] = await Promise.all([
      replay([LAPTOP, '--format', 'jsonl']),
      replay([LAPTOP, '--format', 'jsonl', '--out', out]),
    ]);
    expect(printed.stdout).toContain('OutsideAWS');
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
    expect(written).toEqual({ code: 0, stdout: '', stderr: printed.stderr });
  });

  test.concurrent('--out replaces what is there; through a link, what it leads to', async () => {
    const file = put('findings.txt', 'old '.repeat(5_000));
    const link = join(dirname(file), 'link');
    symlinkSync(file, link);
    await replay([chapter('01'), '--config', CONFIG, '--out', link]);
    expect(readFileSync(file, 'utf8')).toBe('No findings.\n');
  });

  test.concurrent('./credlock.json is used and named where no --config is given', async () => {
    const cwd = dirname(put('credlock.json', readFileSync(CONFIG, 'utf8')));
    const [found, given, none] = await Promise.all([
      replay([...DAY, '--format', 'jsonl'], { cwd }),
      replay(WHOLE_DAY.concat('--format', 'jsonl')),
      replay([...DAY, '--format', 'jsonl']),
    ]);
    expect(found.stdout).toBe(given.stdout);
    expect(found.stderr).toBe(`Settings: ./credlock.json\n${given.stderr}`);
    expect(none.stderr).toContain('and organizationAccounts is not set');
  });

  test.concurrent('--out overwrites no file of an input folder', async () => {
    const file = put('1.json', readFileSync(put('x.json', '{}')));
    const { stderr, code } = await replay([dirname(file), '--out', file]);
    expect(stderr).toContain('is in an input folder, and would be overwritten');
    expect(code).toBe(1);
  });

  test.concurrent('--out - is standard output', async () => {
    const { stdout } = await replay([LAPTOP, '--format', 'jsonl', '--out', '-']);
    expect(linesOf(stdout)).toHaveLength(1);
  });

  test.concurrent('a reader that leaves early is no fault', async () => {
    const args = [...WHOLE_DAY, '--format', 'jsonl', '--fail-on', 'HIGH'];
    const [findings, everything] = await Promise.all([
      replay(args, { unread: ['stdout'] }),
      replay(args, { unread: ['stdout', 'stderr'] }),
    ]);
    expect(findings.stderr).toMatch(/\nFindings: HIGH 7, .*\n$/);
    expect(findings.stderr).not.toMatch(/EPIPE|Error|node:/);
    expect([findings.code, everything.code]).toEqual([3, 3]);
  });

  test.concurrent('nothing to judge is not taken for an all-clear', async () => {
    const notes = put('notes.txt', 'call Alice');
    const people = put('people.json', trail(foreignCall('1')));
    const [nothing, nobody] = await Promise.all([replay([notes]), replay([people])]);
    expect(nothing).toMatchObject({ code: 2, stdout: 'No findings.\n' });
    expect(nothing.stderr).toContain(`${notes}: no CloudTrail record is in it; it looks like text of another kind: `);
    expect(nothing.stderr).toContain('Nothing was judged: no CloudTrail record was read.\n');
    expect(nobody.stderr).toContain('Nothing was judged: no record shows a call with the credentials of a workload.\n');
  });
});

describe('what is reported', () => {
  const FIRST = '2026-09-14T13:41:03Z';
  const LAST = '2026-09-14T13:55:00Z';

  test.concurrent.each([
    [['--since', LAST], 1],
    [['--since', '2026-09-14T13:55:01Z'], 0],
    [['--since', '2026-09-14T15:55:01+02:00'], 0],
    [['--since', '2026-09-14 13:55'], 1],
    [['--since', '2026-09-14'], 1],
    [['--since', '2026-09-15'], 0],
    [['--until', FIRST], 0],
    [['--until', '2026-09-14T13:41:04Z'], 1],
    [['--until', '2026-09-14'], 0],
    [['--until', '2026-09-15', '--since', '2026-09-14'], 1],
  ])('%j: %i finding, from all that is known', async (options, count) => {
    const [everything, limited] = await Promise.all([onLaptop(), findingsOf([LAPTOP, ...options])]);
    expect(limited).toEqual(everything.slice(0, count));
    expect(everything).toHaveLength(1);
  });

  test.concurrent('--min-severity hides what is below, and counts it', async () => {
    const { stdout, stderr } = await replay([...WHOLE_DAY, '--format', 'jsonl', '--min-severity', 'high']);
    const severities = linesOf(stdout).map((line) => (JSON.parse(line) as Finding).severity);
    expect(severities).toEqual(Array(7).fill('HIGH'));
    expect(stderr).toMatch(/HIGH 7, MEDIUM 0, .* Suppressed: 1; 2 outside --since, --until or --min-severity\.\n$/);
  });

  test.concurrent('--config is followed', async () => {
    const settings = { trustedNetworks: [{ cidr: '192.0.2.66/32', why: 'Alice at home' }] };
    const config = put('byte-order-mark.json', `\uFEFF${JSON.stringify(settings)}`);
    const { stdout, code } = await replay([LAPTOP, '--config', config]);
    expect({ stdout, code }).toEqual({ stdout: 'No findings.\n', code: 0 });
  });
});

describe('exit codes', () => {
  const BROKEN = gzipSync(trail(foreignCall('1'), foreignCall('2'))).subarray(0, -9);

  test.concurrent.each([
    [[LAPTOP, '--fail-on', 'HIGH'], 3],
    [[LAPTOP, '--fail-on', 'low'], 3],
    [[NEIGHBOUR, '--fail-on', 'HIGH'], 0],
    [[NEIGHBOUR, '--fail-on', 'MEDIUM'], 3],
    [[NEIGHBOUR, '--fail-on', 'MEDIUM', '--min-severity', 'HIGH'], 3],
    [[NEIGHBOUR, '--fail-on', 'MEDIUM', '--since', '2026-09-15'], 0],
  ])('%j: %i', async (args, code) => {
    expect((await replay(args)).code).toBe(code);
  });

  test.concurrent('what is suppressed does not fail', async () => {
    const { stderr, code } = await replay([chapter('02'), '--config', CONFIG, '--fail-on', 'INFORMATIONAL']);
    expect(stderr).toContain('Suppressed: 1.');
    expect(code).toBe(0);
  });

  test.concurrent('2 where an input could not be read whole; 3 wins', async () => {
    const broken = put('broken.json.gz', BROKEN);
    const runs = [replay([broken, LAPTOP]), replay([broken, LAPTOP, '--fail-on', 'HIGH'])];
    expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([2, 3]);
  });
});

describe('inputs', () => {
  test.concurrent('what cannot be read is named with its reason and costs no other', async () => {
    const folder = place('trail');
    const cut = put('cut.json.gz', gzipSync(LAPTOP_LINES).subarray(0, -9));
    const half = put('half.json', trail(sessionCall('1'), sessionCall('2')).slice(0, -100));
    mkdirSync(folder);
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    const { stdout, stderr, code } = await replay([cut, half, folder, NEIGHBOUR, '--format', 'jsonl']);
    expect(stdout).toContain('SameAccount');
    expect(stderr).toContain(`${cut}: the gzip data breaks off\n`);
    expect(stderr).toContain(`${half}: a malformed record at byte 622; the JSON breaks off\n`);
    expect(stderr).toMatch(/dangling: it cannot be read \(ENOENT/);
    expect(stderr).toMatch(/; 3 inputs were not read completely\.\n/);
    expect(code).toBe(2);
  });

  test.concurrent('a truncated gzip file tells what stands before the cut', async () => {
    const cut = put('cut.gz', gzipSync(LAPTOP_LINES).subarray(0, -9));
    const { stdout, stderr, code } = await replay([cut, '--format', 'jsonl']);
    expect(stdout).toContain('192.0.2.66');
    expect(stderr).toContain('; 1 input was not read completely.\n');
    expect(code).toBe(2);
  });

  test.concurrent('standard input, packed or not, alone or among others', async () => {
    const expected = await onLaptop();
    expect(await findingsOf(['-'], { stdin: LAPTOP_LINES })).toEqual(expected);
    expect(await findingsOf(['-'], { stdin: gzipSync(LAPTOP_LINES) })).toEqual(expected);
    const both = await findingsOf([NEIGHBOUR, '-'], { stdin: LAPTOP_LINES });
    expect(both.map(({ type }) => type)).toEqual(['OutsideAWS', 'SameAccount']);
    const { stderr, code } = await replay(['-'], { stdin: gzipSync(LAPTOP_LINES).subarray(0, -9) });
    expect(stderr).toContain('standard input: the gzip data breaks off\n');
    expect(code).toBe(2);
  });

  test.concurrent('doubled and shuffled, they tell the same', async () => {
    const lines = DAY.flatMap(trailLines);
    const mixed = shuffled([...lines, ...lines], 7_919);
    const files = [put('1.json', mixed.slice(0, 300).join('\n')), put('2.json', mixed.slice(300).join('\n'))];
    const [all, twice] = await Promise.all([ofWholeDay(), replay([...files, '--config', CONFIG, '--format', 'jsonl'])]);
    expect(twice.stdout).toBe(all.stdout);
    expect(linesOf(all.stdout)).toHaveLength(9);
  });
});

describe('ip-ranges.json', () => {
  test.concurrent('without any, the run says so and takes no address for AWS’s', async () => {
    const { stdout, stderr, code } = await credlock(['replay', LAPTOP, '--ip-ranges', 'none', '--format', 'jsonl']);
    expect(stderr).toMatch(/^No address ranges: owners of addresses are unknown\.\n/);
    expect(linesOf(stdout).map((line) => (JSON.parse(line) as Finding).type)).toEqual(['UnknownOwner']);
    expect(code).toBe(0);
  });

  test.concurrent(
    'without a download, those that ship with the package are used, and their date is named',
    async () => {
      const { stderr } = await credlock(['replay', LAPTOP]);
      expect(stderr).toMatch(
        /^ip-ranges\.json of [\d-]{19}: shipped with credlock; `credlock ip-ranges` downloads the current ones\n/,
      );
    },
  );

  test.concurrent('the downloaded one is found in the cache, and the one that is named goes before it', async () => {
    const cached = put('credlock/ip-ranges.json', readFileSync(IP_RANGES));
    const env = { XDG_CACHE_HOME: dirname(dirname(cached)) };
    const { stdout, stderr } = await credlock(['replay', LAPTOP, '--format', 'jsonl'], { env });
    expect(linesOf(stderr)[0]).toBe(`ip-ranges.json of 2026-09-10-00-00-00: ${cached}`);
    expect(stdout).toContain('OutsideAWS');
    expect((await replay([LAPTOP], { env })).stderr).toContain(`: ${IP_RANGES}\n`);
  });

  test.concurrent('one that is old, or has entries that cannot be read, is used, and that is reported', async () => {
    const file = JSON.parse(readFileSync(IP_RANGES, 'utf8')) as { createDate: string; prefixes: unknown[] };
    const old = put('old.json', JSON.stringify({ ...file, createDate: '2026-06-01-00-00-00' }));
    const odd = put('odd.json', JSON.stringify({ ...file, prefixes: [...file.prefixes, { ip_prefix: 'no' }] }));
    const [first, second] = await Promise.all([
      replay([LAPTOP, '--ip-ranges', old]),
      replay([LAPTOP, '--ip-ranges', odd]),
    ]);
    expect(first.stderr).toContain(
      'is 105 days older than the newest record: AWS addresses added since count as outside AWS.',
    );
    expect(second.stderr).toContain(`: ${odd} (ignored invalid entries: 1)\n`);
    expect(second.stderr).not.toContain('older');
  });
});

interface Refusal {
  readonly what: string;
  readonly args: readonly string[];
  readonly says: RegExp;
  readonly env?: Record<string, string>;
}

const FAULTY = put('faulty.json', '{"trustedNetwork": [], "doorHours": 0, "suppressions": [{"role": "x"}]}');
const INPUT = put('input.json', trail(sessionCall('1')));
const NO_JSON = put('credlock/ip-ranges.json', '{"createDate": ');
const FOLDER = dirname(INPUT);

const REFUSALS: readonly Refusal[] = [
  {
    what: 'no path',
    args: [],
    says: /^credlock: give a file or folder, s3:\/\/bucket\/prefix, - or --event-history\n/,
  },
  {
    what: 'an unknown option',
    args: ['x', '--fromat', 'jsonl'],
    says: /unknown option '--fromat'\n\(Did you mean --format/,
  },
  {
    what: 'an unknown format',
    args: ['x', '--format', 'xml'],
    says: /'xml' is invalid\. Allowed choices are table, jsonl/,
  },
  {
    what: 'paths that are not there',
    args: [LAPTOP, 'a', 'b'],
    says: /^credlock: no such file or folder: a, b\. Give CloudTrail files/,
  },
  { what: 'a path below a file', args: [join(INPUT, 'x')], says: /no such file or folder: .*input\.json.x\. / },
  { what: 'an empty path', args: [''], says: /no such file or folder: ""\. / },
  {
    what: 'a time in words',
    args: [LAPTOP, '--since', 'yesterday'],
    says: /--since <time>' argument 'yesterday' is invalid\. .*2026-09-01/,
  },
  { what: 'a day that does not exist', args: [LAPTOP, '--until', '2026-02-30'], says: /'2026-02-30' is invalid/ },
  {
    what: 'an hour that does not exist',
    args: [LAPTOP, '--since', '2026-02-03T25:00:00Z'],
    says: /T25:00:00Z' is invalid/,
  },
  { what: 'an empty time', args: [LAPTOP, '--since', ''], says: /argument '' is invalid/ },
  {
    what: 'no time at all between since and until',
    args: [LAPTOP, '--since', '2026-09-14', '--until', '2026-09-14'],
    says: /--until must be later than --since/,
  },
  {
    what: 'an unknown severity',
    args: [LAPTOP, '--fail-on', 'severe'],
    says: /must be one of INFORMATIONAL, LOW, MEDIUM, HIGH/,
  },
  { what: 'an unknown severity to show', args: [LAPTOP, '--min-severity', ''], says: /must be one of INFORMATIONAL/ },
  {
    what: 'a faulty config, every fault at once',
    args: [LAPTOP, '--config', FAULTY],
    says: /faulty\.json:\n(?=[^]*"trustedNetwork" \(did you mean "trustedNetworks"\?\))(?=[^]*doorHours must)(?=[^]*suppressions\[0\]\.reason)(?=[^]*suppressions\[0\]\.expires)/,
  },
  {
    what: 'a config that is not there',
    args: [LAPTOP, '--config', 'no.json'],
    says: /--config no\.json cannot be read: ENOENT/,
  },
  { what: 'a config that is a folder', args: [LAPTOP, '--config', FOLDER], says: /--config .* cannot be read: EISDIR/ },
  { what: 'a config that is no JSON', args: [LAPTOP, '--config', NO_JSON], says: /--config .* is not JSON: / },
  {
    what: 'ip-ranges that are not there',
    args: [LAPTOP, '--ip-ranges', 'no.json'],
    says: /--ip-ranges no\.json: no such file/,
  },
  {
    what: 'ip-ranges that are something else',
    args: [LAPTOP, '--ip-ranges', INPUT],
    says: /--ip-ranges .*: is not AWS's ip-ranges\.json: createDate must/,
  },
  {
    what: 'damaged ip-ranges in the cache',
    args: [LAPTOP],
    env: { XDG_CACHE_HOME: dirname(dirname(NO_JSON)) },
    says: /is not JSON: .*\(`credlock ip-ranges` downloads it again\)/,
  },
  {
    what: 'an output that is a folder',
    args: [LAPTOP, '--out', FOLDER],
    says: /--out .* cannot be written: it is a folder/,
  },
  {
    what: 'an output below a file',
    args: [LAPTOP, '--out', join(INPUT, 'out')],
    says: /--out .* cannot be written: .*input\.json is not a folder/,
  },
  {
    what: 'an output that is an input',
    args: [INPUT, '--out', INPUT],
    says: /--out .* is an input, which would be overwritten/,
  },
  {
    what: 'a state that is an input',
    args: [INPUT, '--state', INPUT],
    says: /--state .* is an input, which would be overwritten/,
  },
  {
    what: 'a state that is the config',
    args: [LAPTOP, '--config', FAULTY, '--state', FAULTY],
    says: /--state .* is --config, which/,
  },
  {
    what: 'a state that is no file',
    args: [LAPTOP, '--state', '/dev/null'],
    says: /--state \/dev\/null: it is not a regular file/,
  },
];

describe('what is refused, before anything is read, with 1', () => {
  test.concurrent.each(REFUSALS)('$what', async ({ args, says, env }) => {
    const { stdout, stderr, code } = await credlock(['replay', ...args], env ? { env } : {});
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n +at |Read \d+ files/);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  });

  test.concurrent('an input stays as it is', async () => {
    const before = readFileSync(INPUT, 'utf8');
    await replay([INPUT, '--out', INPUT, '--state', INPUT]);
    expect(readFileSync(INPUT, 'utf8')).toBe(before);
  });
});

describe('help', () => {
  test.concurrent('says what there is, with examples', async () => {
    const { stdout, stderr, code } = await credlock(['replay', '--help']);
    for (const option of ['--format', '--out', '--config', '--ip-ranges', '--since', '--until', '--min-severity'])
      expect(stdout).toContain(` ${option} <`);
    for (const option of ['--fail-on', '--state', '--explain']) expect(stdout).toContain(` ${option} <`);
    expect(stdout).toMatch(/Examples:\n {2}credlock replay [^]*Exit codes: 0 done; 1 .*; 2 .*; 3 /);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test.concurrent.each([
    [['--help'], 0],
    [['--version'], 0],
    [[], 1],
    [['find'], 1],
  ])('credlock %j ends with %i', async (args, code) => {
    const run = await credlock(args);
    expect(run.code).toBe(code);
    expect(code === 0 ? run.stderr : run.stdout).toBe('');
  });
});
