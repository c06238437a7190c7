import { stripVTControlCharacters } from 'node:util';
import { partsOf } from './box-table';

/** Narrower terminals are not wrapped for. */
const NARROWEST = 40;
const HANGING = 2;

/**
 * Wraps lines at `columns` characters between words, long words at their separators, with a hanging indent. Escape
 * sequences have no width.
 */
export function wrapLines(text: string, columns: number): string {
  if (columns < NARROWEST) return text;
  return text
    .split('\n')
    .map((line) => wrapped(line, columns))
    .join('\n');
}

function wrapped(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const indent = ' '.repeat((/^ */.exec(line)?.[0].length ?? 0) + HANGING);
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S)(?= )/)) {
    if (current === '' || widthOf(current) + widthOf(word) <= columns) {
      current += word;
      continue;
    }
    const parts = partsOf(word.trimStart(), columns - indent.length).map((part) => `${indent}${part}`);
    lines.push(current, ...parts.slice(0, -1));
    current = parts.at(-1) ?? '';
  }
  return [...lines, current].join('\n');
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
