import { visible } from '../../lambda/detection/model/printable';
import { wrapLines } from './wrap-lines';

/** Writes a message to standard error, wrapped if that is a terminal. */
export function notify(message: string): void {
  const text = visible(message);
  const { isTTY, columns } = process.stderr;
  process.stderr.write(isTTY ? wrapLines(text, columns) : text);
}
