import { callsLine, rowLine } from '../detection/facts/fact-jsonl';
import type { FactSet } from '../detection/facts/fact-set';
import type { Caller } from '../detection/facts/facts';
import { folder, padded, partOf } from './folders';
import type { HuntContext } from './hunt-context';
import { batchOf } from './hunt-plan';
import { writeCounts, type BatchCounts } from './read-counts';
import { writeLines, type Line } from './line-files';

/**
 * Reads log files into facts, which are given to `onFacts` a few at a time, so that their number does not matter. Files that
 * cannot be read are counted.
 */
export type ReadLogs = (keys: readonly string[], onFacts: (facts: FactSet) => Promise<void>) => Promise<BatchCounts>;

/** Reads one batch of the plan. */
export async function readBatch(
  batch: number,
  readLogs: ReadLogs,
  context: Pick<HuntContext, 'store' | 'parts'>,
): Promise<void> {
  let sets = 0;
  const counts = await readLogs(await batchOf(batch, context.store), async (facts) => {
    await writeFacts(facts, `${padded(batch)}-${sets}`, context);
    sets += 1;
  });
  await writeCounts(batch, counts, context.store);
}

/** Spreads the facts of a batch of log files over the parts. `child`: a name of their own. */
export function writeFacts(
  facts: FactSet,
  child: string,
  { store, parts }: Pick<HuntContext, 'store' | 'parts'>,
): Promise<void> {
  return writeLines(store, child, spread(facts, parts));
}

/** Everything about one session, and so about its access keys, is in one part. */
function* spread(facts: FactSet, parts: number): Generator<Line> {
  const home = (sessionArn: string): string => folder.session(partOf(sessionArn, parts));
  for (const fact of facts.issuances.values()) yield [home(fact.sessionArn), JSON.stringify(fact)];
  for (const fact of facts.foreignKeys.values()) {
    yield [home(fact.sessionArn), JSON.stringify(fact)];
    if (fact.by) yield [folder.request(partOf(fact.by.sessionArn, parts)), JSON.stringify(fact)];
  }
  for (const { arn, rows, calls } of facts.sessions.values()) {
    for (const row of rows.values()) yield [home(arn), rowLine(row)];
    for (const [key, sample] of calls) yield [home(arn), callsLine(arn, key, sample)];
  }
  for (const account of facts.accounts) yield [folder.shared, JSON.stringify({ account })];
  for (const fact of facts.people.values()) yield [folder.shared, JSON.stringify(fact)];
  const makers = new Map<string, Caller>();
  for (const fact of [...facts.changes.values(), ...facts.grants.values()]) {
    yield [folder.shared, JSON.stringify(fact)];
    if (fact.by) makers.set(JSON.stringify(fact.by), fact.by);
  }
  for (const [text, { sessionArn }] of makers) yield [folder.maker(partOf(sessionArn, parts)), text];
}
