import { FactSet } from '../../lambda/detection/facts/fact-set';
import { MOST_UNLOCATED } from '../../lambda/hunting/read-counts';
import type { ReadLogs } from '../../lambda/hunting/read-stage';
import { readFactFiles } from '../replay/read-fact-files';
import { SkippedRecords } from '../../lambda/fact-reading/skipped-records';

/** Reads files of this machine as `replay` does. */
export function localLogs(workloads: readonly string[], threads: number | null, now: number): ReadLogs {
  return async (keys, onFacts) => {
    const facts = new FactSet();
    const left = new SkippedRecords();
    const read = await readFactFiles(keys, facts, { workloads, now, threads, digests: false, left, audit: null });
    await onFacts(facts);
    const skipped = new Map(left.counts);
    for (const [reason, count] of read.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + count);
    return {
      files: read.files,
      records: read.records,
      skipped: Object.fromEntries(skipped),
      problems: [...read.problems, ...left.problems()].map((problem) => ({ ...problem, kind: 'incomplete' })),
      ...left.kept(MOST_UNLOCATED),
    };
  };
}
