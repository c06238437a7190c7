import type { OutputFormat } from './output-format';

/** One finding (`credlock.finding/1`) or posture (`credlock.posture/1`) per line. */
export const JSON_LINES: OutputFormat = {
  name: 'jsonl',
  extension: 'jsonl',
  reader: 'program',
  start: () => ({ write: ({ findings }) => linesOf(findings) }),
  writePosture: ({ postures }) => linesOf(postures()),
};

function* linesOf(values: readonly object[]): Generator<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`;
}
