import * as z from 'zod';
import { groundworkOf, outcomeOf, rejectedBy, type Groundwork, type Outcome } from '../detection/detect';
import { Chains } from '../detection/followed';
import type { IpRanges } from '../detection/ip-ranges';
import { judge, type Judgement } from '../detection/judge';
import { originText } from '../detection/origin';
import type { Settings } from '../detection/settings';
import { footprintOf, surroundingsOf, type Footprint, type Surroundings } from '../detection/surroundings';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/workload';
import { GONE } from './claims-of-workload';
import { partition } from './filing';
import type { LockTable } from './lock-table';
import { gather, gatherChained, type Neighbourhood } from './neighbourhood';

/** What every judgement is made with. */
export interface Bench {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
}

/** A workload's outcome and what others will ask of it. */
export interface Judged {
  readonly workload: Workload;
  readonly outcome: Outcome;
  readonly footprint: Footprint;
}

export interface Judgements {
  readonly judged: readonly Judged[];
  readonly around: Surroundings;
  /** Those of them that have stored suspicions or findings. */
  readonly open: ReadonlySet<WorkloadKey>;
}

/** Judges these workloads by the facts in the table, as `detect` would among all of them. */
export async function judgeWorkloads(workloads: readonly Workload[], bench: Bench): Promise<Judgements> {
  const { table, settings, ipRanges } = bench;
  const neighbourhood = await gather(table, workloads, settings.privateNetworks);
  const groundwork = groundworkOf({ facts: neighbourhood.facts, settings, ipRanges });
  const keys = new Set(workloads.map(workloadKey));
  const histories = new Map([...groundwork.living].filter(([key]) => keys.has(key)));
  const elsewhere = await footprintsAround(workloads, neighbourhood, groundwork, table);
  const around = surroundingsOf(histories, groundwork.network, elsewhere);
  const alibis = rejectedBy(groundwork.network.rejected);
  const judgements = [...histories.values()].map((history) => judge(history, around));
  await gatherChained(table, neighbourhood.facts, keysOf(judgements));
  const chains = new Chains(neighbourhood.facts, around.privateNetworks);
  const judged = judgements.map((judgement) => {
    const { history } = judgement;
    const outcome = outcomeOf(judgement, around, alibis(history), chains);
    return {
      workload: history.workload,
      outcome,
      footprint: footprintOf(around.claimant(history), around.anchors(history), around),
    };
  });
  return { judged, around, open: neighbourhood.open };
}

/** The keys that untrusted origins used: whoever holds them may have asked for more. */
function keysOf(judgements: readonly Judgement[]): string[] {
  const sightings = judgements.flatMap(({ verdicts }) => verdicts.flatMap((verdict) => verdict.sightings));
  return [...new Set(sightings.flatMap(({ caller }) => caller.accessKeyId ?? []))];
}

/** Who else is anchored where these workloads were seen, lives in their accounts, or uses the same owners' endpoints. */
async function footprintsAround(
  workloads: readonly Workload[],
  { origins }: Neighbourhood,
  { network }: Groundwork,
  table: LockTable,
): Promise<Footprint[]> {
  const accounts = [...new Set(workloads.map(({ account }) => account))];
  const owners = new Set(origins.flatMap(({ endpointAccount }) => endpointAccount ?? []));
  const egress = new Set(
    origins.flatMap(({ ip }) => (network.ground.book.byAddress.get(ip ?? '') ?? []).map(({ account }) => account)),
  );
  const partitions = [
    ...origins.filter(({ path }) => path !== null).map((origin) => partition.place(originText(origin))),
    ...accounts.map(partition.population),
    ...accounts.flatMap((account) => [...owners].map((owner) => partition.endpointUsers(account, owner))),
    ...accounts.flatMap((account) => [...egress].map((owner) => partition.natUsers(account, owner))),
  ];
  const answers = await Promise.all([...new Set(partitions)].map((pk) => table.query(pk)));
  const footprints = new Map<string, Footprint>();
  for (const { body } of answers.flat()) {
    const footprint = body === GONE ? null : readFootprint(body);
    if (footprint) footprints.set(workloadKey(footprint.workload), footprint);
  }
  return [...footprints.values()];
}

function readFootprint(body: string): Footprint {
  return FOOTPRINT.parse(JSON.parse(body));
}

const FOOTPRINT = z.object({
  workload: z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() }),
  region: z.nullable(z.string()),
  anchors: z.array(
    z.object({ place: z.string(), isPublic: z.boolean(), hours: z.number(), natAccounts: z.array(z.string()) }),
  ),
  endpointOwners: z.array(z.string()),
});

/** The partitions a footprint is looked for in. */
export function placesOf({ workload: { account }, anchors, endpointOwners }: Footprint): string[] {
  return [
    ...anchors.map(({ place }) => partition.place(place)),
    ...(anchors.some(({ isPublic }) => isPublic) ? [partition.population(account)] : []),
    ...endpointOwners.map((owner) => partition.endpointUsers(account, owner)),
    ...anchors.flatMap(({ natAccounts }) => natAccounts.map((owner) => partition.natUsers(account, owner))),
  ];
}
