import { wrapLines } from './wrap-lines';

/** Says something beside the output: on standard error, wrapped where that is a terminal. */
export function tell(text: string): void {
  const { isTTY, columns } = process.stderr;
  process.stderr.write(isTTY ? wrapLines(text, columns) : text);
}
