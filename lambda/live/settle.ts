import type { Finding } from '../detection/finding';
import { findingsOf } from '../detection/detect';
import { workloadKey, type Workload } from '../detection/workload';
import { partition } from './filing';
import {
  GONE,
  judgeWorkloads,
  placesOf,
  readFootprint,
  type Bench,
  type Judged,
  type Judgements,
} from './judge-workloads';
import type { LockTable, StoredItem } from './lock-table';
import { reconcile, type Publish } from './reconcile';
import { meetingPlaces, suspectIn, type Suspect } from './suspects';

/** Fewer workloads at one place make no group. */
const GROUP = 2;
/** The workloads at one place that are judged together; a fleet's story is told by so many. */
const MOST_TOGETHER = 500;
const FAR_FUTURE_DAYS = 500;

/** Settling takes a clock and a sink; judging takes neither. */
export interface Settlement extends Bench {
  readonly publish: Publish;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Judges a workload, stores its footprint and its suspicions, and brings its findings, and the groups they belong to, to
 * what the verdicts say. Says who else has to be judged again, because they are suspected where this one is anchored.
 */
export async function settle(workload: Workload, settlement: Settlement): Promise<Workload[]> {
  const { table, now } = settlement;
  const judgements = await judgeWorkloads([workload], settlement);
  const [judged] = judgements.judged;
  if (!judged) return [];
  const moved = await saveFootprint(judged, table, now);
  const places = await saveSuspicions(judged, table, now);
  const together = await membersAt(places, workload, table);
  const all = together.length === 0 ? judgements : await judgeWorkloads([workload, ...together], settlement);
  await bringUp(all, together.length > 0, places, settlement);
  return (await Promise.all(moved.map((place) => suspectsElsewhere(place, workload, table)))).flat();
}

/** Stores where a workload is anchored; gives the places where that changed. */
export async function saveFootprint({ workload, footprint }: Judged, table: LockTable, now: number): Promise<string[]> {
  const pk = partition.workload(workload);
  const body = JSON.stringify(footprint);
  const [known] = await table.query(pk, 'P#');
  if (known?.body === body) return [];
  const revision = (known?.revision ?? 0) + 1;
  const expires = expiry(now);
  if (!(await table.revise({ pk, sk: 'P#', body, expires, revision })))
    throw new Error(`${pk}: somebody else judged it at the same time`);
  const before = known ? placesOf(readFootprint(known.body)) : [];
  const after = new Set(placesOf(footprint));
  const sk = `W#${workloadKey(workload)}`;
  await Promise.all([...after].map((place) => table.raise({ pk: place, sk, body, expires, revision })));
  await Promise.all(
    before
      .filter((place) => !after.has(place))
      .map((place) => table.raise({ pk: place, sk, body: GONE, expires, revision })),
  );
  return [...new Set([...before, ...after])].filter((place) => place.startsWith('P#')).map((place) => place.slice(2));
}

/** Stores where a workload is suspected; gives all places where its verdicts meet others', or did so before. */
async function saveSuspicions({ workload, outcome }: Judged, table: LockTable, now: number): Promise<string[]> {
  const places = new Map(
    outcome.shown.flatMap(({ finding }) => meetingPlaces(finding).map((place) => [place, finding] as const)),
  );
  const pk = partition.workload(workload);
  const [known] = await table.query(pk, 'Q#');
  const before = known ? known.body.split('\n').filter((place) => place !== '') : [];
  const body = [...places.keys()].sort().join('\n');
  if ((known?.body ?? '') === body) return [...places.keys()];
  const revision = (known?.revision ?? 0) + 1;
  const expires = expiry(now);
  const sk = `W#${workloadKey(workload)}`;
  const gone = before.filter((place) => !places.has(place));
  for (const [place, finding] of places)
    await suspect(table, { place, sk, expires, revision }, { workload, firstSeen: finding.firstSeen });
  for (const place of gone) await suspect(table, { place, sk, expires, revision }, null);
  await table.raise({ pk, sk: 'Q#', body, expires, revision });
  return [...places.keys(), ...gone];
}

function suspect(
  table: LockTable,
  at: { place: string; sk: string; expires: number; revision: number },
  body: Suspect | null,
): Promise<boolean> {
  return table.raise({
    pk: partition.suspects(at.place),
    sk: at.sk,
    body: JSON.stringify(body),
    expires: at.expires,
    revision: at.revision,
  });
}

/** The others suspected at these places, the earliest first; nobody where they are too few for a group and were no group. */
async function membersAt(places: readonly string[], workload: Workload, table: LockTable): Promise<Workload[]> {
  const own = workloadKey(workload);
  const members = new Map<string, Suspect>();
  for (const place of places) {
    const items = await table.query(partition.suspects(place));
    const suspects = items.filter(({ sk }) => sk.startsWith('W#')).flatMap(({ body }) => suspectIn(body) ?? []);
    const wasGroup = items.some(({ sk }) => sk.startsWith('V#'));
    if (suspects.length < GROUP && !wasGroup) continue;
    for (const one of suspects) members.set(workloadKey(one.workload), one);
  }
  members.delete(own);
  const sorted = [...members.values()].sort((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1));
  return sorted.slice(0, MOST_TOGETHER).map((member) => member.workload);
}

/** Brings single findings to their workloads and groups to their places. */
async function bringUp(
  { judged, around }: Judgements,
  isTogether: boolean,
  places: readonly string[],
  settlement: Settlement,
): Promise<void> {
  const { findings } = findingsOf(
    judged.map(({ outcome }) => outcome),
    [],
    around,
  );
  for (const { workload } of judged) {
    const own = findings.filter((finding) => finding.workload && isOf(finding, workload));
    await reconcile(partition.workload(workload), own, settlement);
  }
  const groups = findings.filter(({ workload }) => workload === null);
  for (const place of places) {
    const there = groups.filter(({ id }) => id.endsWith(`/${place}`));
    if (isTogether || there.length > 0 || (await hasGroup(place, settlement.table)))
      await reconcile(partition.suspects(place), there, settlement);
  }
}

function isOf({ workload }: Finding, { account, kind, id }: Workload): boolean {
  return workload?.account === account && workload.kind === kind && workload.id === id;
}

async function hasGroup(place: string, table: LockTable): Promise<boolean> {
  return (await table.query(partition.suspects(place), 'V#')).length > 0;
}

async function suspectsElsewhere(place: string, workload: Workload, table: LockTable): Promise<Workload[]> {
  const items: StoredItem[] = await table.query(partition.suspects(place), 'W#');
  const own = workloadKey(workload);
  return items.flatMap(({ body }) => suspectIn(body)?.workload ?? []).filter((one) => workloadKey(one) !== own);
}

function expiry(now: number): number {
  return Math.floor(now / 1_000) + FAR_FUTURE_DAYS * 86_400;
}
