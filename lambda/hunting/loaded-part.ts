import * as z from 'zod';
import { FACT_SCHEMAS } from '../detection/facts/fact-jsonl';
import { FactSet } from '../detection/facts/fact-set';
import { assembleHistories, type History } from '../detection/facts/workload-history';
import { ChangeReview, type NetworkFacts } from '../detection/judge/accepted-changes';
import { People } from '../detection/judge/people';
import type { RejectedChange } from '../detection/judge/rejected-change';
import { cidrSet } from '../detection/model/address';
import { organizationOf } from '../detection/model/settings';
import type { WorkloadKey } from '../detection/model/workload';
import { folder, placeOf } from './folders';
import type { HuntContext } from './hunt-context';
import { mergeFacts, type PackReader } from './pack-reader';
import { isIn, type Pass } from './passes';

const MAKER = z.object({
  workload: z.string(),
  by: FACT_SCHEMAS.caller,
  time: z.number(),
  grant: z.nullable(FACT_SCHEMAS.grant),
  issuance: z.nullable(FACT_SCHEMAS.issuance),
});
const MADE = z.object({ change: z.string(), madeBy: z.array(MAKER) });

/** The maker of a change, by its workload's key. */
export type WrittenMaker = z.infer<typeof MAKER>;

const REJECTED = z.object({
  change: z.string(),
  time: z.number(),
  workload: z.string(),
  madeBy: z.nullable(z.string()),
  why: z.string(),
});

/** A rejected change, and when which maker was away. */
export type WrittenRejection = z.infer<typeof REJECTED>;

/** Workloads of one part with all facts about them, and the network of all. */
export interface LoadedPart {
  readonly facts: FactSet;
  readonly histories: ReadonlyMap<WorkloadKey, History>;
  /** By change. */
  readonly made: ReadonlyMap<string, readonly WrittenMaker[]>;
  readonly review: ChangeReview;
}

export async function loadPart(pass: Pass, packs: PackReader, context: HuntContext): Promise<LoadedPart> {
  const { settings, kinds, ipRanges } = context;
  const facts = new FactSet();
  for (const own of [folder.workload(pass.part), folder.requesters(pass.part)])
    await mergeFacts(packs.taggedLines(own, pass.tags), facts);
  await mergeFacts(packs.lines(folder.network), facts);
  const { byWorkload } = assembleHistories(facts, kinds, cidrSet(settings.privateNetworks));
  const made = await madeChanges(packs);
  const organization = organizationOf(settings.organizationAccounts, facts.accounts);
  const people = new People(facts.people.values(), organization);
  const basis = { settings, ipRanges, organization, people, unread: new Set<string>() };
  const review = new ChangeReview(facts.changes, made, basis);
  // Of other workloads, some facts are here as well.
  const histories = new Map<WorkloadKey, History>();
  for (const key of byWorkload.keys()) {
    const history = isIn(placeOf(key, context), pass) ? byWorkload.get(key) : undefined;
    if (history) histories.set(key, history);
  }
  return { facts, histories, made, review };
}

/** The network changes that workloads' sessions made, with their makers. */
export async function madeChanges(packs: PackReader): Promise<ReadonlyMap<string, readonly WrittenMaker[]>> {
  const made = new Map<string, readonly WrittenMaker[]>();
  for await (const line of packs.lines(folder.made)) {
    const { change, madeBy } = MADE.parse(JSON.parse(line));
    made.set(change, madeBy);
  }
  return made;
}

/** The network, after all parts have reviewed their workloads' changes. */
export async function networkOf({ facts, review }: LoadedPart, packs: PackReader): Promise<NetworkFacts> {
  const first = new Map<string, WrittenRejection>();
  for await (const line of packs.lines(folder.rejected)) {
    const rejection = REJECTED.parse(JSON.parse(line));
    const known = first.get(rejection.change);
    if (!known || isBefore(rejection, known)) first.set(rejection.change, rejection);
  }
  const rejected = [...first.values()].flatMap(({ change: id, madeBy, why }): RejectedChange[] => {
    const change = facts.changes.get(id);
    return change ? [{ change, madeBy, why }] : [];
  });
  return review.networkFacts(rejected);
}

/** The order in which `Makers` lists them. */
function isBefore(one: WrittenRejection, other: WrittenRejection): boolean {
  return one.time < other.time || (one.time === other.time && one.workload < other.workload);
}
