import type { FactSet } from './facts/fact-set';
import { readFacts, type FactSkip } from './records/read-facts';
import { readRecord, type RecordSkip } from './records/read-record';
import { WORKLOAD_KINDS } from './kinds/all-kinds';
import type { WorkloadKind } from './model/workload-kind';

/** Why a record gave no fact; null when it gave one. */
export type Skip = RecordSkip | FactSkip;

/** Reads one parsed record into the facts. Never throws, whatever JSON it is given. */
export function readInto(facts: FactSet, value: unknown, kinds: readonly WorkloadKind[] = WORKLOAD_KINDS): Skip | null {
  const reading = readRecord(value);
  if ('skip' in reading) return reading.skip;
  const { record } = reading;
  facts.sawAccount(record.account);
  const { facts: found, skip } = readFacts(record, kinds);
  for (const fact of found) facts.add(fact);
  return skip;
}
