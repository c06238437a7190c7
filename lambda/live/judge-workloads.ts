import * as z from 'zod';
import { groundworkOf, outcomeOf, rejectedBy, type Groundwork, type Outcome } from '../detection/detect';
import { Chains } from '../detection/followed';
import type { IpRanges } from '../detection/ip-ranges';
import { judge } from '../detection/judge';
import { originText } from '../detection/origin';
import type { Settings } from '../detection/settings';
import { footprintOf, surroundingsOf, type Footprint, type Surroundings } from '../detection/surroundings';
import { workloadKey, type Workload } from '../detection/workload';
import { partition } from './filing';
import type { LockTable } from './lock-table';
import { gather, type Neighbourhood } from './neighbourhood';

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
  const chains = new Chains(neighbourhood.facts, around.privateNetworks);
  const alibis = rejectedBy(groundwork.network.rejected);
  const judged = [...histories.values()].map((history) => ({
    workload: history.workload,
    outcome: outcomeOf(judge(history, around), around, alibis(history), chains),
    footprint: footprintOf(around.claimant(history), around.anchors(history), around),
  }));
  return { judged, around };
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

/** The body of a footprint that was taken back. */
export const GONE = 'null';

export function readFootprint(body: string): Footprint {
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
