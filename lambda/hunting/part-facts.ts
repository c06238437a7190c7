import { addLine } from '../detection/facts/fact-jsonl';
import { FactSet } from '../detection/facts/fact-set';
import type { Fact, ForeignKey, Issuance } from '../detection/facts/facts';
import type { StorableFact } from '../store/accounts-seen';
import { folder } from './folders';
import type { HuntContext } from './hunt-context';
import { mergeFacts, PackReader } from './pack-reader';
import { passesOf } from './passes';

type PartContext = Pick<HuntContext, 'store' | 'megabytes'>;

/**
 * The facts of all parts about accounts, people, principals and the network, merged. `lastWritten`: when the latest log file
 * of each account was, in epoch milliseconds.
 */
export async function* networkFacts(
  { store }: Pick<PartContext, 'store'>,
  lastWritten: ReadonlyMap<string, number>,
): AsyncGenerator<StorableFact> {
  for await (const line of new PackReader(store).lines(folder.network)) {
    const facts = new FactSet();
    const fact = addLine(facts, line);
    if (fact) yield fact;
    for (const account of facts.accounts) yield { account, last: lastWritten.get(account) ?? 0 };
  }
}

/**
 * The facts about the sessions of a part, merged, in an order that depends on nothing but the work: those about one session
 * follow each other, and what proves it is first.
 */
export async function* sessionFacts(part: number, { store, megabytes }: PartContext): AsyncGenerator<Fact> {
  const packs = new PackReader(store);
  const own = folder.session(part);
  for (const { tags } of await passesOf(part, { own: [own], shared: [] }, packs, megabytes)) {
    const facts = new FactSet();
    await mergeFacts(packs.taggedLines(own, tags), facts);
    yield* bySession(facts);
  }
}

function* bySession({ issuances, foreignKeys, sessions }: FactSet): Generator<Fact> {
  const proofs = new Map<string, (Issuance | ForeignKey)[]>();
  for (const fact of [...issuances.values(), ...foreignKeys.values()]) {
    const known = proofs.get(fact.sessionArn);
    if (known) known.push(fact);
    else proofs.set(fact.sessionArn, [fact]);
  }
  for (const arn of new Set([...proofs.keys(), ...sessions.keys()])) {
    yield* proofs.get(arn) ?? [];
    for (const { caller, seen } of sessions.get(arn)?.rows.values() ?? [])
      for (const { event, did } of seen) yield { fact: 'sighting', caller, did, event };
  }
}
