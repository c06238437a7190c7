import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Terminal } from '@xterm/headless';
import { shellWord } from '../../../lambda/detection/model/shell-command';

/** What somebody who looks at a terminal sees. */
export interface Screen {
  /** All lines, those scrolled away too, without blanks at their ends. */
  readonly lines: readonly string[];
  /** Whether a line ran over the edge into the next. */
  readonly overrun: readonly string[];
  /** Letters in a colour or weight, joined by line. */
  readonly styled: readonly string[];
  readonly code: number | null;
}

const SCROLLBACK = 5_000;

/** Whether there is a `script` that opens a pseudo-terminal, as util-linux has it. */
export function hasPseudoTerminal(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
      'util-linux',
    );
  } catch {
    return false;
  }
}

/** Runs a command in a pseudo-terminal of so many columns, and renders what it wrote as a terminal does. */
export async function seenOnTerminal(
  words: readonly string[],
  columns: number,
  environment: Record<string, string> = {},
): Promise<Screen> {
  const line = words.map((word) => shellWord(word) ?? "''").join(' ');
  const { PATH, HOME } = process.env;
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${line}`, '/dev/null'], {
    env: { PATH, HOME, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...(await rendered(Buffer.concat(chunks), columns)), code };
}

async function rendered(written: Buffer, columns: number): Promise<Omit<Screen, 'code'>> {
  const terminal = new Terminal({ cols: columns, rows: 40, scrollback: SCROLLBACK, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(written, done));
  const { active } = terminal.buffer;
  const lines: string[] = [];
  const overrun: string[] = [];
  const styled: string[] = [];
  for (let at = 0; at < active.length; at += 1) {
    const line = active.getLine(at);
    if (!line) continue;
    lines.push(line.translateToString(true));
    if (line.isWrapped) overrun.push(line.translateToString(true));
    let letters = '';
    for (let column = 0; column < columns; column += 1) {
      const cell = line.getCell(column);
      const isStyled = cell && (cell.isBold() !== 0 || !cell.isFgDefault());
      letters += isStyled ? cell.getChars() : ' ';
    }
    if (letters.trim() !== '') styled.push(letters.trim());
  }
  terminal.dispose();
  while (lines.at(-1) === '') lines.pop();
  return { lines, overrun, styled };
}
