import { findingRecord } from '../../lambda/detection/findings/techniques';
import { printableJson } from '../../lambda/detection/model/printable';
import type { OutputFormat } from './output-format';

/** One finding (`credlock.finding/1`) or posture (`credlock.posture/1`) per line. */
export const JSON_LINES: OutputFormat = {
  name: 'jsonl',
  extension: 'jsonl',
  reader: 'program',
  inputDigests: false,
  start: () => ({ write: ({ findings }) => linesOf(findings.map(findingRecord)) }),
  writePosture: ({ postures }) => linesOf(postures()),
};

function* linesOf(values: readonly object[]): Generator<string> {
  for (const value of values) yield `${printableJson(value)}\n`;
}
