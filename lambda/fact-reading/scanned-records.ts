import { isOfOther } from '../detection/records/read-record';
import { isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';
import { irrelevantKind } from '../trail-files/irrelevant-kind';
import { RowFlag, type LogFileScanner } from '../trail-files/log-file-scanner';
import { isPlainRecord } from '../trail-files/plain-record';
import { relevanceOf } from '../trail-files/relevant-record';
import type { SkipReason } from '../trail-files/trail-reading';
import { otherKindOf } from '../trail-files/unwrap';

/** The file is left to the ordinary path, which describes its faults. */
export class NotPlain extends Error {}

/** The record of a row, as the ordinary path passes it on, or the reason why that skips it. `only`: as in `LogFileFacts.read`. */
export function wholeRecord(
  scanner: LogFileScanner,
  at: number,
  flags: number,
  only: string | null = null,
): JsonObject | SkipReason {
  const irrelevant = isKnownRelevant(flags) ? null : irrelevantKindOf(scanner.record(at).toString('latin1'));
  if (irrelevant !== null) return irrelevant;
  const value = parsedRecord(scanner, at);
  const otherKind = otherKindOf(value);
  if (otherKind === null && (!isPlainRecord(value) || (only !== null && isOfOther(value, only)))) throw new NotPlain();
  return otherKind ?? value;
}

export function parsedRecord(scanner: LogFileScanner, at: number): JsonObject {
  const value = parsedJson(scanner.record(at).toString('utf8'));
  if (!isJsonObject(value)) throw new NotPlain();
  return value;
}

export function isKnownRelevant(flags: number): boolean {
  return (flags & (RowFlag.isRelevant | RowFlag.mayBePerson)) !== 0;
}

/** Null where the record is relevant. */
function irrelevantKindOf(text: string): SkipReason | null {
  return relevanceOf(text) === 'irrelevant' ? irrelevantKind(text) : null;
}
