import { addOwnLine, callsLine, rowLine } from '../detection/facts/fact-jsonl';
import { callsKey, FactSet, type SessionUse, type SightingRow } from '../detection/facts/fact-set';
import type { ForeignKey, Issuance } from '../detection/facts/facts';
import type { WorkloadKey } from '../detection/model/workload';
import { AttributedSessions } from './attribute-stage';
import { folder, padded, partOf, partOfWorkload } from './folders';
import type { HuntContext } from './hunt-context';
import { linesIn, readFactsIn, writeLines, type Line } from './line-files';
import { concernedIn } from './link-stage';

/** Moves the facts about the sessions of a part to the parts of the workloads that they concern. */
export async function splitByWorkload(part: number, context: HuntContext): Promise<void> {
  const { store } = context;
  const facts = new FactSet();
  await readFactsIn(store, folder.session(part), facts);
  const chained = new Map<string, Set<WorkloadKey>>();
  const known = new FactSet();
  for await (const line of linesIn(store, folder.chained(part))) {
    const concerned = concernedIn(line);
    if (!concerned) addOwnLine(known, line);
    else chained.set(concerned.key, (chained.get(concerned.key) ?? new Set()).add(concerned.workload));
  }
  const split = new Split(facts, known, chained, context);
  await writeLines(store, `split-${padded(part)}`, split.lines());
}

class Split {
  readonly #facts: FactSet;
  readonly #chained: ReadonlyMap<string, ReadonlySet<WorkloadKey>>;
  readonly #parts: number;
  readonly #sessions: AttributedSessions;
  /** What was written to each folder: evidence is the same for many rows. */
  readonly #written = new Map<string, Set<ForeignKey | Issuance>>();

  constructor(
    facts: FactSet,
    known: FactSet,
    chained: ReadonlyMap<string, ReadonlySet<WorkloadKey>>,
    context: HuntContext,
  ) {
    this.#facts = facts;
    this.#chained = chained;
    this.#parts = context.parts;
    this.#sessions = new AttributedSessions(facts, context, known);
  }

  *lines(): Generator<Line> {
    for (const issuance of this.#facts.issuances.values())
      yield* this.#evidence(folder.workload(partOfWorkload(issuance.workload, this.#parts)), [issuance]);
    for (const session of this.#facts.sessions.values()) {
      const sent = new Set<string>();
      for (const row of session.rows.values())
        for (const at of this.#foldersOf(row)) {
          yield [at, rowLine(row)];
          yield* this.#evidence(at, this.#sessions.prover.evidenceOn(row.caller));
          yield* callsOf(row, session, at, sent);
        }
    }
  }

  #foldersOf(row: SightingRow): ReadonlySet<string> {
    const parts = this.#sessions.concerned(row).map((workload) => partOfWorkload(workload, this.#parts));
    for (const workload of this.#chained.get(row.caller.accessKeyId ?? '') ?? [])
      parts.push(partOf(workload, this.#parts));
    return new Set(parts.map(folder.workload));
  }

  *#evidence(at: string, facts: Iterable<ForeignKey | Issuance>): Generator<Line> {
    const written = this.#written.get(at) ?? new Set();
    this.#written.set(at, written);
    for (const fact of facts) {
      if (written.has(fact)) continue;
      written.add(fact);
      yield [at, JSON.stringify(fact)];
    }
  }
}

/** The calls among which a row's are kept, once for each folder. */
function* callsOf({ caller }: SightingRow, { arn, calls }: SessionUse, at: string, sent: Set<string>): Generator<Line> {
  const key = callsKey(caller);
  const sample = calls.get(key);
  if (!sample || sent.has(`${at} ${key}`)) return;
  sent.add(`${at} ${key}`);
  yield [at, callsLine(arn, key, sample)];
}
