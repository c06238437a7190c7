import { addOwnLine, callsLine, rowLine } from '../detection/facts/fact-jsonl';
import { FactSet, type SessionUse, type SightingRow } from '../detection/facts/fact-set';
import { callsKey } from '../detection/facts/caller-keys';
import type { ForeignKey, Issuance } from '../detection/facts/facts';
import { workloadKey, type WorkloadKey } from '../detection/model/workload';
import { AttributedSessions } from './attribute-stage';
import { folder, padded, placeOf, placeOfWorkload, type Place, type Spread } from './folders';
import type { HuntContext } from './hunt-context';
import { concernedIn } from './link-stage';
import { mergeFacts, PackReader } from './pack-reader';
import { writeLines, type Line } from './pack-writer';
import { passesOf, type Pass } from './passes';

/** Moves the facts about the sessions of a part to the parts of the workloads that they concern. */
export async function splitByWorkload(part: number, context: HuntContext): Promise<void> {
  const packs = new PackReader(context.store);
  const load = { own: [folder.session(part), folder.chained(part)], shared: [] };
  const passes = await passesOf(part, load, packs, context.megabytes);
  const lines = async function* (): AsyncGenerator<Line> {
    for (const pass of passes) yield* (await splitOf(pass, packs, context)).lines();
  };
  await writeLines({ store: context.store, stage: 'split', child: padded(part) }, lines());
}

async function splitOf({ part, tags }: Pass, packs: PackReader, context: HuntContext): Promise<Split> {
  const facts = new FactSet();
  await mergeFacts(packs.taggedLines(folder.session(part), tags), facts);
  const chained = new Map<string, Set<WorkloadKey>>();
  const known = new FactSet();
  for await (const line of packs.taggedLines(folder.chained(part), tags)) {
    const concerned = concernedIn(line);
    if (!concerned) addOwnLine(known, line);
    else chained.set(concerned.key, (chained.get(concerned.key) ?? new Set()).add(concerned.workload));
  }
  return new Split(facts, known, chained, context);
}

class Split {
  readonly #facts: FactSet;
  readonly #chained: ReadonlyMap<string, ReadonlySet<WorkloadKey>>;
  readonly #spread: Spread;
  readonly #sessions: AttributedSessions;
  /** The ids of the evidence written to each place: it is the same for many rows. */
  readonly #written = new Map<string, Set<string>>();

  constructor(
    facts: FactSet,
    known: FactSet,
    chained: ReadonlyMap<string, ReadonlySet<WorkloadKey>>,
    context: HuntContext,
  ) {
    this.#facts = facts;
    this.#chained = chained;
    this.#spread = context;
    this.#sessions = new AttributedSessions(facts, context, known);
  }

  *lines(): Generator<Line> {
    for (const issuance of this.#facts.issuances.values())
      yield* this.#evidence(placeOfWorkload(issuance.workload, this.#spread), [issuance]);
    for (const session of this.#facts.sessions.values()) {
      const sent = new Set<string>();
      for (const row of session.rows.values())
        for (const at of this.#placesOf(row)) {
          yield lineTo(at, rowLine(row));
          yield* this.#evidence(at, this.#sessions.prover.evidenceOn(row.caller));
          yield* callsOf(row, session, at, sent);
        }
    }
  }

  #placesOf(row: SightingRow): Iterable<Place> {
    const workloads = this.#sessions.concerned(row).map(workloadKey);
    const places = [...workloads, ...(this.#chained.get(row.caller.accessKeyId ?? '') ?? [])].map((key) =>
      placeOf(key, this.#spread),
    );
    return new Map(places.map((place) => [nameOf(place), place])).values();
  }

  *#evidence(at: Place, facts: Iterable<ForeignKey | Issuance>): Generator<Line> {
    const written = this.#written.get(nameOf(at)) ?? new Set();
    this.#written.set(nameOf(at), written);
    for (const fact of facts) {
      if (written.has(fact.id)) continue;
      written.add(fact.id);
      yield lineTo(at, JSON.stringify(fact));
    }
  }
}

function lineTo({ part, tag }: Place, text: string): Line {
  return [folder.workload(part), text, tag];
}

function nameOf({ part, tag }: Place): string {
  return `${part} ${tag}`;
}

/** The calls among which a row's are kept, once for each place. */
function* callsOf({ caller }: SightingRow, { arn, calls }: SessionUse, at: Place, sent: Set<string>): Generator<Line> {
  const key = callsKey(caller);
  const sample = calls.get(key);
  if (!sample || sent.has(`${nameOf(at)} ${key}`)) return;
  sent.add(`${nameOf(at)} ${key}`);
  yield lineTo(at, callsLine(arn, key, sample));
}
