import { visible } from '../../lambda/detection/model/printable';

type Painter = (text: string) => string;

/** Text of any number of lines; the painter colours the first. */
export interface Cell {
  readonly text: string;
  readonly paint?: Painter;
}

/** Width of borders and padding. */
export function boxWidth(columns: number): number {
  return columns * 3 + 1;
}

/**
 * A table with borders. `widths` are those of the text in the columns; longer text is wrapped, long words at their
 * separators. Control characters are replaced, since names and user agents are chosen by callers.
 */
export function* boxTable(
  head: readonly string[],
  widths: readonly number[],
  rows: Iterable<readonly Cell[]>,
): Generator<string> {
  yield border('┌┬┐', widths);
  yield* boxRow(
    head.map((text) => ({ text })),
    widths,
  );
  for (const row of rows) {
    yield border('├┼┤', widths);
    yield* boxRow(row, widths);
  }
  yield border('└┴┘', widths);
}

function border([left = '', middle = '', right = '']: string, widths: readonly number[]): string {
  return `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}\n`;
}

function* boxRow(cells: readonly Cell[], widths: readonly number[]): Generator<string> {
  const wrappedCells = cells.map(({ text }, column) => wrapped(text, widths[column] ?? 0));
  const height = Math.max(...wrappedCells.map((lines) => lines.length));
  for (let at = 0; at < height; at += 1) {
    const line = wrappedCells.map((lines, column) => {
      const text = lines[at] ?? '';
      const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(text)));
      return `${at === 0 ? (cells[column]?.paint?.(text) ?? text) : text}${blanks}`;
    });
    yield `│ ${line.join(' │ ')} │\n`;
  }
}

function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrappedLine(visible(line), width));
}

function wrappedLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    for (const [at, part] of partsOf(word, width).entries()) {
      const longer = line === '' ? part : `${line} ${part}`;
      if (at === 0 && lengthOf(longer) <= width) line = longer;
      else {
        lines.push(line);
        line = part;
      }
    }
  }
  return [...lines, line];
}

/** The word, split into parts of at most `width` characters. */
export function partsOf(word: string, width: number): string[] {
  if (lengthOf(word) <= width) return [word];
  const parts: string[] = [];
  let last = '';
  for (const part of word.split(/(?<=\/)/).flatMap((one) => smallerParts(one, width))) {
    if (lengthOf(last) + lengthOf(part) <= width) last += part;
    else {
      parts.push(last);
      last = part;
    }
  }
  return [...parts, last];
}

/** Splits at separators before it splits within a name. */
function smallerParts(part: string, width: number): string[] {
  if (lengthOf(part) <= width) return [part];
  return part.split(/(?<=[:_.@-])|(?=[A-Z][a-z])/).flatMap((one) => chopped(one, width));
}

function chopped(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [];
}

/** In code points; names in AWS are ASCII. */
function lengthOf(text: string): number {
  return [...text].length;
}
