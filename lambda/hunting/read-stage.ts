import { addressesIn } from '../detection/facts/address-sample';
import { callsLine, rowLine } from '../detection/facts/fact-jsonl';
import type { FactSet } from '../detection/facts/fact-set';
import { spanOf } from '../detection/facts/retention';
import type { Caller } from '../detection/facts/facts';
import { folder, padded, placeOf, type Folder, type Spread } from './folders';
import type { HuntContext } from './hunt-context';
import { batchOf } from './hunt-plan';
import { mergedFactCounts, NO_FACTS, writeCounts, type FactCounts, type LogCounts } from './read-counts';
import { PackWriter, writeLines, type Line, type Output } from './pack-writer';
import type { WorkStore } from './work-store';

/**
 * Reads log files into facts, which are given to `onFacts` a few at a time, so that their number does not matter. Files that
 * cannot be read are counted.
 */
export type ReadLogs = (keys: readonly string[], onFacts: (facts: FactSet) => Promise<void>) => Promise<LogCounts>;

/** Reads one batch of the plan. */
export async function readBatch(
  batch: number,
  readLogs: ReadLogs,
  context: Pick<HuntContext, 'store' | keyof Spread>,
): Promise<void> {
  const { store } = context;
  const writer = new PackWriter(outputOf(batch, store));
  let counted = NO_FACTS;
  const counts = await readLogs(await batchOf(batch, store), async (facts) => {
    counted = mergedFactCounts(counted, countsIn(facts));
    for (const line of linesOf(facts, context)) await writer.add(line);
  });
  await writer.end();
  await writeCounts(batch, { ...counts, ...counted }, store);
}

function countsIn(facts: FactSet): FactCounts {
  return {
    accounts: [...facts.accounts],
    span: spanOf(facts),
    addresses: addressesIn(facts),
    hasIssuances: facts.issuances.length > 0,
  };
}

/** Spreads the facts of a batch of log files over the parts. */
export function writeFacts(
  facts: FactSet,
  batch: number,
  context: Pick<HuntContext, 'store' | keyof Spread>,
): Promise<void> {
  return writeLines(outputOf(batch, context.store), linesOf(facts, context));
}

function outputOf(batch: number, store: WorkStore): Output {
  return { store, stage: 'read', child: padded(batch) };
}

/** Everything about one session, and so about its access keys, is in one part. */
function* linesOf(facts: FactSet, spread: Spread): Generator<Line> {
  const line = (into: (part: number) => Folder, sessionArn: string, text: string): Line => {
    const { part, tag } = placeOf(sessionArn, spread);
    return [into(part), text, tag];
  };
  for (const fact of facts.issuances.values()) yield line(folder.session, fact.sessionArn, JSON.stringify(fact));
  for (const fact of facts.foreignKeys.values()) {
    yield line(folder.session, fact.sessionArn, JSON.stringify(fact));
    if (fact.by) yield line(folder.request, fact.by.sessionArn, JSON.stringify(fact));
  }
  for (const { arn, rows, calls } of facts.sessions.values()) {
    for (const row of rows.values()) yield line(folder.session, arn, rowLine(row));
    for (const [key, sample] of calls) yield line(folder.session, arn, callsLine(arn, key, sample));
  }
  for (const account of facts.accounts) yield [folder.shared, JSON.stringify({ account })];
  for (const fact of facts.people.values()) yield [folder.shared, JSON.stringify(fact)];
  const makers = new Map<string, Caller>();
  for (const fact of [...facts.changes.values(), ...facts.grants.values()]) {
    yield [folder.shared, JSON.stringify(fact)];
    if (fact.by) makers.set(JSON.stringify(fact.by), fact.by);
  }
  for (const [text, { sessionArn }] of makers) yield line(folder.maker, sessionArn, text);
}
