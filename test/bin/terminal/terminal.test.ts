import { bundledCommand, chapter, CONFIG, IP_RANGES, put, removeAll } from '../credlock-command';
import { trailLines } from '../replay/trail-lines';
import { hasPseudoTerminal, seenOnTerminal, type Screen } from './screen';

const IPV6 = '2001:db8:1234:5678:9abc:def0:1234:5678';
const ROLE = 'a-role-whose-name-is-as-long-as-AWS-allows-it-to-be-64-letters-x';
const INSTANCE = 'i-0503ef25295e8af60';

afterAll(removeAll);

const describeOnTerminal = hasPseudoTerminal() ? describe : describe.skip;
if (!hasPseudoTerminal() && process.env['CI'] === 'true') test('`script` of util-linux is here', () => fail());
if (!hasPseudoTerminal())
  process.stderr.write('\n*** No `script` of util-linux: no pseudo-terminal, tests skipped ***\n\n');

function fail(): void {
  throw new Error('tests in a pseudo-terminal need `script` of util-linux');
}

async function seen(
  args: readonly string[],
  columns: number,
  environment: Record<string, string> = {},
): Promise<Screen> {
  const command = [process.execPath, await bundledCommand(), 'replay', '--ip-ranges', IP_RANGES, ...args];
  return seenOnTerminal(command, columns, environment);
}

/** The third chapter, told of an address and a role that are as long as they come. */
function longNames(): string {
  const text = trailLines(chapter('03')).join('\n');
  return put(
    'long.json',
    text.replaceAll('192.0.2.66', IPV6).replaceAll('/receipts/', `/${ROLE}/`).replaceAll('"receipts"', `"${ROLE}"`),
  );
}

describeOnTerminal.each([80, 120])('a terminal of %i columns', (columns) => {
  test('shows the table within its edges, every border in line', async () => {
    const { lines, overrun, code } = await seen([chapter('03'), chapter('05'), '--config', CONFIG, '--long'], columns);
    expect(code).toBe(0);
    expect(overrun).toEqual([]);
    const table = lines.filter((line) => /^[┌├└│]/.test(line));
    expect(table.length).toBeGreaterThan(10);
    expect([...new Set(table.map((line) => line.length))]).toEqual([columns]);
    const [top = '', ...rows] = table;
    const borders = [...top].flatMap((letter, at) => (/[┌┬┐]/.test(letter) ? [at] : []));
    for (const row of rows) for (const at of borders) expect('│├┼┤└┴┘').toContain(row[at]);
  });

  test('shows each finding in one line within its edges', async () => {
    const { lines, overrun } = await seen([chapter('03'), chapter('05'), '--config', CONFIG], columns);
    expect(overrun).toEqual([]);
    expect(lines.filter((line) => /^(?:HIGH|MED) /.test(line))).toHaveLength(2);
  });

  test('says what can be asked next', async () => {
    const { lines } = await seen([chapter('03')], columns);
    expect(lines.slice(-2).join(' ')).toContain('Add --long for the evidence of each, or --format html');
  });

  test('shows IPv6 addresses and the longest role names whole', async () => {
    const { lines, overrun } = await seen([longNames(), '--long'], columns);
    expect(overrun).toEqual([]);
    const cells = lines.filter((line) => line.startsWith('│')).map((line) => line.split('│').slice(1, -1));
    const columnsOf = (at: number): string => cells.map((row) => row[at]?.trim() ?? '').join('');
    const text = [0, 1, 2, 3].map(columnsOf).join(' ');
    expect(text).toContain(IPV6);
    expect(text).toContain(ROLE);
  });

  test('tells the story of a workload within its edges', async () => {
    const { lines, styled } = await seen([longNames(), '--explain', INSTANCE], columns);
    const commands = lines.findIndex((line) => line.startsWith('        aws '));
    expect(commands).toBeGreaterThan(0);
    for (const line of lines.slice(0, commands)) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain(`${IPV6}  SUSPICIOUS`);
    expect(lines).toContain('    Ruled out:');
    expect(styled.join('\n')).toContain('SUSPICIOUS');
  });

  test('has colours, or with NO_COLOR none', async () => {
    const [shown, plain] = await Promise.all([
      seen([chapter('03')], columns),
      seen([chapter('03')], columns, { NO_COLOR: '1' }),
    ]);
    expect(shown.styled).toEqual(['1 finding', 'Taken', 'Used from', 'HIGH', 'First']);
    expect(plain.styled).toEqual([]);
    expect(plain.lines).toEqual(shown.lines);
  });

  test('is no place for a page', async () => {
    const { lines, code } = await seen([chapter('03'), '--format', 'html'], columns);
    expect(lines.map((line) => line.trim()).join(' ')).toContain('name a file, for example --out report.html');
    expect(code).toBe(1);
  });

  test('says what to do where something is wrong', async () => {
    const { lines, code } = await seen(['no-such-folder'], columns);
    expect(lines.map((line) => line.trim()).join(' ')).toContain(
      'no such file or folder: no-such-folder. Give CloudTrail files or folders',
    );
    expect(code).toBe(1);
  });
});
