import { wrapLines } from './wrap-lines';

/** Writes a message to standard error, wrapped if that is a terminal. */
export function notify(text: string): void {
  const { isTTY, columns } = process.stderr;
  process.stderr.write(isTTY ? wrapLines(text, columns) : text);
}
