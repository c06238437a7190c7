import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { longTable } from '../../../bin/formats/long-table';
import { findingsTable } from '../../../bin/formats/table';
import { paint, wantsColour } from '../../../bin/terminal/paint';
import { progressBar, type Progress } from '../../../bin/terminal/progress';
import type { Finding } from '../../../lambda/detection/model/finding';
import { chapter, CONFIG, findingsOf, place, put, removeAll, replay } from '../credlock-command';
import { trailLines } from './trail-lines';

const ESCAPE = '\u001b';
const IPV6 = '2001:db8:1234:5678:9abc:def0:1234:5678';
const ROLE = 'a-role-whose-name-is-as-long-as-AWS-allows-it-to-be-64-letters-x';

afterAll(removeAll);

function terminalOf(columns = 100): { stream: NodeJS.WriteStream; shown: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns }) as unknown as NodeJS.WriteStream;
  return { stream, shown: () => String((stream as unknown as PassThrough).read() ?? '') };
}

describe('the long table', () => {
  let finding: Finding;
  beforeAll(async () => {
    [finding] = (await findingsOf([chapter('03')])) as [Finding];
  });

  const tableOf = (...args: Parameters<typeof longTable>): string => [...longTable(...args)].join('');
  const cells = (table: string, column: number): string =>
    table
      .split('\n')
      .map((line) => line.split('│')[column + 1]?.trim() ?? '')
      .join('');
  const widths = (table: string): number[] => [
    ...new Set(
      table
        .trimEnd()
        .split('\n')
        .map((line) => [...line].length),
    ),
  ];

  test.each([80, 100, 120])('of long names fits %i columns, and nothing of them is cut', (columns) => {
    const { origin, sessions } = finding;
    const long: Finding = {
      ...finding,
      contested: true,
      origin: origin && {
        ...origin,
        ip: IPV6,
        ownership: 'organization-account',
        account: '444455556666',
        region: 'ap-southeast-4',
      },
      sessions: sessions.map((session) => ({ ...session, role: ROLE })),
      evidence: [
        `Seen at vpce-0123456789abcdef0/${IPV6} and in arn:aws:sts::111122223333:assumed-role/${ROLE}/i-0123456789abcdef0.`,
      ],
      lastSeen: '2026-10-14T13:55:00Z',
      calls: null,
      callsAtLeast: 12_345,
    };
    const table = tableOf([long], columns, false);
    expect(widths(table)).toEqual([columns]);
    expect(table).not.toContain('…');
    const [what, ...others] = [0, 1, 2, 3].map((column) => cells(table, column));
    expect(what).toContain('HIGHOutsideAWScontested');
    const text = others.join('\n');
    for (const part of [
      ROLE,
      IPV6,
      '444455556666',
      `vpce-0123456789abcdef0/${IPV6}`,
      `assumed-role/${ROLE}/i-0123456789`,
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/2026-09-14T13:41:03Z – ?2026-10-14T13:55:00Z, ?at ?least ?12,345 ?calls/);
  });

  test('breaks no address that fits a line', () => {
    const endpoint = {
      ...finding,
      origin: finding.origin && {
        ...finding.origin,
        ip: '10.10.101.62',
        kind: 'endpoint' as const,
        endpointId: 'vpce-0123456789abcdef0',
      },
    };
    for (const columns of [80, 100, 120]) expect(tableOf([endpoint], columns, false)).toMatch(/[ /]10\.10\.101\.62 /);
  });

  test('of a group names some of its workloads, and says what to do', () => {
    const workload = finding.workload;
    const ids = ['i-01', 'i-02', 'i-03', 'i-04', 'i-05'];
    const group: Finding = {
      ...finding,
      type: 'UndeclaredEgress',
      workload: null,
      workloads: ids.flatMap((id) => (workload ? [{ ...workload, id }] : [])),
      description: 'Declare it: trustedNetworks.',
    };
    const table = tableOf([group, { ...group, type: 'ManyOrigins', origin: null }], 100, false);
    expect(cells(table, 1)).toContain('5 workloadsi-01i-02i-03and 2 morereceipts');
    expect(cells(table, 2)).toContain('many origins');
    expect(cells(table, 3)).toContain('Declare it: trustedNetworks.');
    expect(widths(table)).toEqual([100]);
  });

  test('is as wide with colours', () => {
    const coloured = tableOf([finding], 100, true);
    expect(coloured).toContain(ESCAPE);
    expect(coloured.replaceAll(new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g'), '')).toBe(tableOf([finding], 100, false));
  });

  test('shows control characters as such', () => {
    const evil = { ...finding, evidence: [`${ESCAPE}[2J${ESCAPE}[H No findings.\u009b31m`] };
    const table = tableOf([evil], 100, false);
    expect(table).toContain('\uFFFD[2J\uFFFD[H No findings.\uFFFD31m');
    expect(table).not.toContain(ESCAPE);
  });

  test('takes no longer than people wait, however many findings there are', () => {
    const rows = Array<Finding>(2_000).fill(finding);
    expect(tableOf(rows, 100, false).split('├')).toHaveLength(2_001);
  });

  test('is no narrower than it can be read, and no wider', () => {
    expect(widths(tableOf([finding], 40, false))).toEqual([80]);
    expect(widths(tableOf([finding], 500, false))).toEqual([160]);
  });

  test.each([80, 100, 120])('of the demo fits a terminal of %i columns', async (terminal) => {
    const args = [chapter('05'), chapter('07'), chapter('10'), '--config', CONFIG, '--long'];
    const { stdout } = await replay(args, { terminal, env: { NO_COLOR: '1' } });
    const table = stdout.split('\n').filter((line) => /^[│├┌└]/.test(line));
    expect(widths(table.join('\n'))).toEqual([terminal]);
    expect(stdout).toContain('contested');
  });
});

describe('the table', () => {
  let finding: Finding;
  beforeAll(async () => {
    [finding] = (await findingsOf([chapter('03')])) as [Finding];
  });

  const linesOf = (findings: readonly Finding[], columns: number, colours = false): string[] =>
    [...findingsTable(findings, { columns, colours, long: false })].join('').split('\n');
  const rowsOf = (lines: readonly string[]): string[] => lines.filter((line) => /^(?:HIGH|MED|LOW|INFO)/.test(line));

  test.each([80, 120, 160])('has one line a finding at %i columns, however long its names are', (columns) => {
    const long: Finding = {
      ...finding,
      origin: finding.origin && { ...finding.origin, ip: IPV6 },
      sessions: finding.sessions.map((session) => ({ ...session, role: ROLE })),
      lastSeen: '2026-10-14T13:55:00Z',
      calls: null,
      callsAtLeast: 12_345,
    };
    const lines = linesOf([finding, long], columns);
    expect(rowsOf(lines)).toHaveLength(2);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  });

  test('shows at 160 columns whose credentials were used where, when, how often and for what', () => {
    expect(rowsOf(linesOf([finding], 160))).toEqual([
      expect.stringMatching(
        /^HIGH +OutsideAWS +i-0503ef25295e8af60 \(receipts\) +192\.0\.2\.66 outside AWS +13:41–13:55 +16 +s3:GetObject ×7 shop-receipts, /,
      ),
    ]);
  });

  test('is headed by what matters, and ends with what to do first', () => {
    const lines = linesOf([finding], 160);
    expect(lines.slice(0, 3)).toEqual([
      '1 finding: 1 HIGH, 2026-09-14 13:41 to 13:55 UTC.',
      'Taken: 2 data stores read, 1 role assumed.',
      'Used from: 1 outside AWS.',
    ]);
    expect(lines.slice(-3).join('').replaceAll(/ +/g, ' ')).toBe(
      'First: unless 192.0.2.66 is an address of your own, deny the credentials issued to i-0503ef2529 (role receipts) so far. Evidence and commands: --explain i-0503ef2529',
    );
  });

  test('has the findings in order of severity, then of what was taken', () => {
    const event = finding.events[0];
    const secret = event && { ...event, source: 'secretsmanager.amazonaws.com', name: 'GetSecretValue', resource: 'a' };
    const low: Finding = { ...finding, severity: 'LOW', events: secret ? [secret] : [] };
    const worst: Finding = { ...finding, id: 'worst', lastSeen: '2026-09-14T14:00:00Z', events: low.events };
    const rows = rowsOf(linesOf([low, finding, worst], 120));
    expect(rows.map((row) => row.split(/ {2,}/).at(-1))).toEqual([
      'GetSecretValue a',
      expect.stringContaining('GetObject ×7'),
      'GetSecretValue a',
    ]);
    expect(rows.map((row) => row.slice(0, 4))).toEqual(['HIGH', 'HIGH', 'LOW ']);
  });

  test('names groups by their number of workloads, and dates where there are several', () => {
    const workloads = finding.workload ? [finding.workload, finding.workload] : [];
    const group: Finding = { ...finding, workload: null, workloads, firstSeen: '2026-09-13T10:00:00Z' };
    const [row] = rowsOf(linesOf([group], 120));
    expect(row).toContain('2 workloads (receipts)');
    expect(row).toContain('09-13 10:00–09-14 13:55');
  });

  test('shows control characters as such', () => {
    const evil: Finding = {
      ...finding,
      sessions: finding.sessions.map((session) => ({ ...session, role: `${ESCAPE}[2J` })),
      events: finding.events.map((event) => ({ ...event, name: `A\u202e${ESCAPE}\n` })),
    };
    for (const columns of [80, 120, 160]) {
      const lines = linesOf([evil], columns);
      for (const mark of [ESCAPE, '\u202e']) expect(lines.join('')).not.toContain(mark);
      expect(rowsOf(lines)).toHaveLength(1);
    }
  });
});

describe('colours', () => {
  test('are for terminals, where nobody asked for none', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(false);
    expect(paint(false).HIGH('x')).toBe('x');
    expect(paint(true).HIGH('x')).not.toBe('x');
  });

  test('a terminal gets them, a file does not', async () => {
    const out = place('findings.txt');
    const [shown, plain, kept] = await Promise.all([
      replay([chapter('03')], { terminal: 100 }),
      replay([chapter('03')], { terminal: 100, env: { NO_COLOR: '1' } }),
      replay([chapter('03'), '--out', out], { terminal: 100 }),
    ]);
    expect(shown.stdout).toContain(`${ESCAPE}[`);
    expect(plain.stdout).not.toContain(ESCAPE);
    expect(kept.code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(plain.stdout);
  });

  test('JSON Lines never have any', async () => {
    const { stdout } = await replay([chapter('03'), '--format', 'jsonl'], { terminal: 100 });
    expect(stdout).not.toContain(ESCAPE);
  });
});

describe('the progress bar', () => {
  const half: Progress = { bytes: 4_000_000, totalBytes: 8_000_000, files: 5, totalFiles: 10, records: 60_000 };

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is none where nobody looks', () => {
    expect(progressBar(Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream)).toBeNull();
  });

  test('comes after a second, and leaves nothing behind', () => {
    const { stream, shown } = terminalOf();
    const bar = progressBar(stream);
    jest.setSystemTime(999);
    bar?.update(half);
    expect(shown()).toBe('');
    jest.setSystemTime(2_000);
    bar?.update(half);
    expect(shown()).toContain(' 50 % | 5/10 files | 30,000 records/s | 2.0 MB/s | 2 s left');
    bar?.stop();
    expect(shown().endsWith(`${ESCAPE}[2K`)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('a short run shows none at all', () => {
    const { stream, shown } = terminalOf();
    const bar = progressBar(stream);
    bar?.update(half);
    bar?.stop();
    expect(shown()).toBe('');
  });

  test('says what it can where the total is not known, or not yet', () => {
    const { stream, shown } = terminalOf();
    const bar = progressBar(stream);
    jest.setSystemTime(1_000);
    bar?.update({ ...half, bytes: 7_000_000, totalBytes: null, totalFiles: null });
    expect(shown()).toMatch(/░{20} 7 MB \| 5 files \| 60,000 records\/s \| 7\.0 MB\/s/);
    jest.advanceTimersByTime(9_000);
    bar?.update({ ...half, bytes: 8_000_000, totalBytes: 16_000_000 });
    jest.advanceTimersByTime(200);
    expect(shown()).toMatch(/█{10}░{10} 50 % \| 5\/10 files/);
    bar?.stop();
  });

  test('fits a narrow terminal, whose modes it leaves alone', () => {
    const { stream, shown } = terminalOf(40);
    const bar = progressBar(stream);
    jest.setSystemTime(60_000);
    bar?.update(half);
    bar?.stop();
    const written = shown();
    expect(written).not.toContain(`${ESCAPE}[?`);
    const lines = written.split(new RegExp(`${ESCAPE}(?:\\[[\\d;]*[A-Za-z]|[78])`));
    expect(Math.max(...lines.map((line) => line.length))).toBe(40);
  });
});

describe('a run that takes longer than a second', () => {
  const lines = trailLines(chapter('03'));

  async function* pieces(): AsyncGenerator<string> {
    yield `${lines.slice(0, 10).join('\n')}\n`;
    await wait(100);
    yield `${lines.slice(10).join('\n')}\n`;
  }

  test('shows a bar on a terminal, and only there', async () => {
    const [slow, piped, fast] = await Promise.all([
      replay(['-', '--format', 'jsonl'], { terminal: 100, passing: 1_000, stdin: pieces() }),
      replay(['-', '--format', 'jsonl'], { stdin: pieces() }),
      replay([put('fast.json', lines.join('\n')), '--format', 'jsonl'], { terminal: 100, passing: 0 }),
    ]);
    expect(slow.stderr).toMatch(/░{20} \d+ MB \| 0\/1 files \| \d+\.\d MB\/s/);
    expect(fast.stderr).not.toContain('MB/s');
    expect(piped.stderr).not.toContain('MB/s');
    expect(piped.stderr).not.toContain(ESCAPE);
    expect(slow.stdout).toBe(piped.stdout);
    expect(slow.stdout).toBe(fast.stdout);
    expect(slow.stdout).toContain('192.0.2.66');
  });
});
