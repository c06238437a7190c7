import { parse } from 'yaml';
import { RECORD_NAMES } from '../../../lambda/trail-files/record-names';

/** Where the next event of what the AWS CLI prints begins, or the next record. */
const ITEM = new RegExp(
  String.raw`^\s*- (?:(?:AccessKeyId|CloudTrailEvent|EventId|EventName|apiVersion|${RECORD_NAMES.join('|')}):|'|")`,
);
/** A longer item is no event. */
const LONGEST_ITEM = 4 * 1024 * 1024;

/** The items of `lookup-events --output yaml`, or of a list of records, one by one. Those that cannot be read are passed over. */
export async function* yamlItems(source: AsyncIterable<Uint8Array>): AsyncGenerator {
  let item: string[] = [];
  let length = 0;
  for await (const line of linesOf(source)) {
    if (ITEM.test(line) || length > LONGEST_ITEM) {
      yield* valueOf(item);
      item = [];
      length = 0;
    }
    item.push(line);
    length += line.length;
  }
  yield* valueOf(item);
}

function valueOf(item: readonly string[]): unknown[] {
  if (!item.some((line) => ITEM.test(line))) return [];
  try {
    return [parse(item.join('\n'))];
  } catch {
    return [];
  }
}

async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest + decoder.decode();
}
