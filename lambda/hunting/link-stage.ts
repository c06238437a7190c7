import * as z from 'zod';
import { Prover } from '../detection/facts/attribution';
import { addOwnLine } from '../detection/facts/fact-jsonl';
import { FactSet } from '../detection/facts/fact-set';
import type { ForeignKey } from '../detection/facts/facts';
import { Makers, type Maker } from '../detection/facts/makers';
import { emptyHistory, type History } from '../detection/facts/workload-history';
import { kindNamed } from '../detection/kinds/all-kinds';
import type { WorkloadKey } from '../detection/model/workload';
import { folder, padded, placeOf, workloadOf, type Spread } from './folders';
import type { HuntContext } from './hunt-context';
import type { WrittenMaker } from './loaded-part';
import { mergeFacts, PackReader } from './pack-reader';
import { writeLines, type Line } from './pack-writer';

const CONCERNED = z.object({ key: z.string(), workload: z.string() });

/**
 * Follows access keys from the workloads' sessions to those requested with them, over all parts, finds the workloads behind
 * each network change, and merges what concerns all.
 */
export async function linkSessions(context: HuntContext): Promise<void> {
  const { store, kinds } = context;
  const packs = new PackReader(store);
  const facts = new FactSet();
  const users = new Map<string, Set<WorkloadKey>>();
  for await (const line of packs.lines(folder.links)) {
    const concerned = concernedIn(line);
    if (!concerned) addOwnLine(facts, line);
    else users.set(concerned.key, (users.get(concerned.key) ?? new Set()).add(concerned.workload));
  }
  await mergeFacts(packs.lines(folder.shared), facts);
  const byWorkload = new Map<WorkloadKey, History>();
  for await (const key of packs.lines(folder.known)) byWorkload.set(key, historyOf(key, context));
  const prover = new Prover(facts.issuances, facts.foreignKeys, kinds);
  const makers = new Makers(facts, { byWorkload, prover });
  const lines = function* (): Generator<Line> {
    yield* networkLines(facts);
    yield* chainedLines(facts, users, prover, context);
    for (const change of facts.changes.values()) {
      const madeBy = makers.of(change);
      if (madeBy.length > 0)
        yield [folder.made, JSON.stringify({ change: change.id, madeBy: madeBy.map(writtenMaker) })];
    }
  };
  await writeLines({ store, stage: 'link', child: padded(0) }, lines());
}

function* networkLines({ accounts, people, changes, grants }: FactSet): Generator<Line> {
  for (const account of accounts) yield [folder.network, JSON.stringify({ account })];
  for (const facts of [people, changes, grants])
    for (const fact of facts.values()) yield [folder.network, JSON.stringify(fact)];
}

/** Facts behind the requested access keys: for the part of their sessions, and of the workloads they may come from. */
function* chainedLines(
  facts: FactSet,
  users: ReadonlyMap<string, ReadonlySet<WorkloadKey>>,
  prover: Prover,
  spread: Spread,
): Generator<Line> {
  for (const key of facts.foreignKeys.values()) {
    if (!key.by) continue;
    const concerned = concernedBy(key, facts, users);
    const evidence = [key, ...prover.evidenceOn(key.by)].map((fact) => JSON.stringify(fact));
    const { part, tag } = placeOf(key.sessionArn, spread);
    for (const line of evidence) yield [folder.chained(part), line, tag];
    for (const workload of concerned) {
      const place = placeOf(workload, spread);
      for (const line of evidence) yield [folder.requesters(place.part), line, place.tag];
      yield [folder.chained(part), JSON.stringify({ key: key.accessKeyId, workload }), tag];
    }
  }
}

/** The workloads that used the key with which this one was requested, or any key before it. */
function concernedBy(
  start: ForeignKey,
  { foreignKeys }: FactSet,
  users: ReadonlyMap<string, ReadonlySet<WorkloadKey>>,
): ReadonlySet<WorkloadKey> {
  const found = new Set<WorkloadKey>();
  const seen = new Set<ForeignKey>();
  for (let key: ForeignKey | undefined = start; key && !seen.has(key);) {
    seen.add(key);
    for (const workload of users.get(key.accessKeyId) ?? []) found.add(workload);
    key = foreignKeys.get(key.by?.accessKeyId ?? '');
  }
  return found;
}

/** A line of `chained` that names a workload; null for a fact. */
export function concernedIn(line: string): z.infer<typeof CONCERNED> | null {
  return line.startsWith('{"key"') ? CONCERNED.parse(JSON.parse(line)) : null;
}

function historyOf(key: WorkloadKey, { kinds }: HuntContext): History {
  const workload = workloadOf(key);
  const kind = kindNamed(workload.kind, kinds);
  if (!kind) throw new Error(`no kind of workload is named ${workload.kind}`);
  return emptyHistory(workload, kind);
}

function writtenMaker({ history, by, time, grant, issuance }: Maker): WrittenMaker {
  return { workload: history.key, by, time, grant, issuance };
}
