import { Prover } from '../detection/facts/attribution';
import { callerIn } from '../detection/facts/fact-jsonl';
import { FactSet, type SightingRow } from '../detection/facts/fact-set';
import { JoinedFacts } from '../detection/facts/packed-facts';
import { Did, type Caller, type ForeignKey } from '../detection/facts/facts';
import type { Workload, WorkloadKey } from '../detection/model/workload';
import { workloadKey } from '../detection/model/workload';
import { folder, padded } from './folders';
import type { HuntContext } from './hunt-context';
import { mergeFacts, PackReader } from './pack-reader';
import { writeLines, type Line } from './pack-writer';
import { passesOf, type Pass } from './passes';

/**
 * Attributes the sessions of one part to workloads, as far as that is possible by their own facts, and writes which of their
 * requests for other access keys may concern a workload.
 */
export async function attributeSessions(part: number, context: HuntContext): Promise<void> {
  const packs = new PackReader(context.store);
  const load = { own: [folder.session(part), folder.request(part)], shared: [] };
  const passes = await passesOf(part, load, packs, context.megabytes);
  const lines = async function* (): AsyncGenerator<Line> {
    for (const pass of passes) yield* linesOf(pass, packs, context);
  };
  await writeLines({ store: context.store, stage: 'attribute', child: padded(part) }, lines());
}

async function* linesOf({ part, tags }: Pass, packs: PackReader, context: HuntContext): AsyncGenerator<Line> {
  const facts = new FactSet();
  const requests = new FactSet();
  await mergeFacts(packs.taggedLines(folder.session(part), tags), facts);
  await mergeFacts(packs.taggedLines(folder.request(part), tags), requests);
  const makers = new Set<string>();
  for await (const line of packs.taggedLines(folder.maker(part), tags)) makers.add(line);
  const sessions = new AttributedSessions(facts, context);
  for (const key of requests.foreignKeys.values()) yield* sessions.linksOf(key);
  for (const line of makers) yield* sessions.evidenceOn(callerIn(line));
  for (const workload of sessions.workloads()) yield [folder.known, workload];
}

/** Sessions of a part, and whose they are without regard to who requested them. */
export class AttributedSessions {
  readonly prover: Prover;
  readonly #facts: FactSet;
  readonly #kinds: ReadonlySet<string>;
  /** The workloads that used each access key. */
  readonly #usedBy = new Map<string, Set<WorkloadKey>>();

  /** `known`: facts about the sessions that requested these ones' access keys. */
  constructor(facts: FactSet, { kinds }: Pick<HuntContext, 'kinds'>, known = new FactSet()) {
    this.#facts = facts;
    this.#kinds = new Set(kinds.map(({ name }) => name));
    const issuances = new JoinedFacts(facts.issuances, known.issuances);
    this.prover = new Prover(issuances, new Map([...known.foreignKeys, ...facts.foreignKeys]), kinds);
    for (const { rows } of facts.sessions.values()) for (const row of rows.values()) this.#note(row);
  }

  #note(row: SightingRow): void {
    const { accessKeyId } = row.caller;
    if (accessKeyId === null) return;
    for (const workload of this.concerned(row)) {
      const users = this.#usedBy.get(accessKeyId) ?? new Set();
      this.#usedBy.set(accessKeyId, users.add(workloadKey(workload)));
    }
  }

  /** The workloads whose history counts a row: whose the session is, or which its ARN names. */
  concerned({ caller, seen }: SightingRow): Workload[] {
    const console = seen.some(({ did }) => (did & Did.console) !== 0);
    const proof = this.prover.prove(caller, console);
    const workload = proof?.workload ?? caller.workload;
    return workload && this.#kinds.has(workload.kind) ? [workload] : [];
  }

  /** A request for an access key, if a workload may be behind it. */
  *linksOf(key: ForeignKey): Generator<Line> {
    if (!key.by) return;
    const proof = this.prover.prove(key.by);
    const concerned = new Set(this.#usedBy.get(key.by.accessKeyId ?? ''));
    if (proof) concerned.add(workloadKey(proof.workload));
    const evidence = [...this.prover.evidenceOn(key.by)];
    const isLink = evidence.some((fact) => fact.fact === 'issuance' || fact.by !== null);
    if (concerned.size === 0 && !isLink && !key.by.workload) return;
    yield [folder.links, JSON.stringify(key)];
    for (const fact of evidence) yield [folder.links, JSON.stringify(fact)];
    for (const workload of concerned) yield [folder.links, JSON.stringify({ key: key.accessKeyId, workload })];
  }

  *evidenceOn(caller: Caller): Generator<Line> {
    for (const fact of this.prover.evidenceOn(caller)) yield [folder.links, JSON.stringify(fact)];
  }

  *workloads(): Generator<WorkloadKey> {
    const found = new Set<WorkloadKey>();
    for (const { workload } of this.#facts.issuances.values())
      if (this.#kinds.has(workload.kind)) found.add(workloadKey(workload));
    for (const { rows } of this.#facts.sessions.values())
      for (const row of rows.values()) for (const workload of this.concerned(row)) found.add(workloadKey(workload));
    yield* found;
  }
}
