import type { Finding } from '../detection/finding';
import { findingsOf } from '../detection/detect';
import { workloadKey, type Workload } from '../detection/workload';
import { suppressedBy } from '../detection/suppression';
import type { Surroundings } from '../detection/surroundings';
import { toldOnce } from '../detection/told-once';
import { partition } from './filing';
import { findingSchema } from './finding-schema';
import { judgeWorkloads, placesOf, type Bench, type Judged, type Judgements } from './judge-workloads';
import { saveClaims } from './claims-of-workload';
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
  if (settlement.settings.serviceCallerFindings) await tellOnce(judged, judgements.around, settlement);
  return (await Promise.all(moved.map((place) => suspectsElsewhere(place, workload, table)))).flat();
}

/** Stores where a workload is anchored; gives the places where that changed. */
export async function saveFootprint({ workload, footprint }: Judged, table: LockTable, now: number): Promise<string[]> {
  const body = JSON.stringify(footprint);
  const claims = new Map(placesOf(footprint).map((place) => [place, body]));
  const changed = await saveClaims(table, workload, claims, { sk: 'P#', expires: expiry(now) });
  return changed.map((place) => (place.startsWith('P#') ? place.slice(2) : place));
}

/** Stores where a workload is suspected; gives all places where its verdicts meet others', or did so before. */
async function saveSuspicions({ workload, outcome }: Judged, table: LockTable, now: number): Promise<string[]> {
  const claims = new Map<string, string>();
  for (const { finding } of outcome.shown) {
    const body = JSON.stringify({ workload, firstSeen: finding.firstSeen } satisfies Suspect);
    for (const place of meetingPlaces(finding)) claims.set(partition.suspects(place), body);
  }
  const changed = await saveClaims(table, workload, claims, { sk: 'Q#', expires: expiry(now) });
  return [...new Set([...claims.keys(), ...changed])].map((pk) => pk.slice(2));
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

/** The informational findings: among all workloads that could tell one, the earliest does. */
async function tellOnce(
  { outcome: { judgement } }: Judged,
  around: Surroundings,
  settlement: Settlement,
): Promise<void> {
  for (const finding of toldOnce([{ judgement, around }])) {
    if (suppressedBy(finding, around.settings.suppressions)) continue;
    const pk = partition.told(finding.id);
    const least = `${finding.firstSeen} ${judgement.history.key}`;
    await settlement.table.merge({
      pk,
      sk: 'L#',
      least,
      did: ['told'],
      body: JSON.stringify(finding),
      expires: expiry(settlement.now),
    });
    const [earliest] = await settlement.table.query(pk, 'L#');
    if (earliest) await reconcile(pk, [findingSchema.parse(JSON.parse(earliest.body))], settlement);
  }
}

function isOf({ workload }: Finding, { account, kind, id }: Workload): boolean {
  return workload?.account === account && workload.kind === kind && workload.id === id;
}

async function hasGroup(place: string, table: LockTable): Promise<boolean> {
  return (await table.query(partition.suspects(place), 'V#')).length > 0;
}

/** Who else is suspected at a place, and may be explained by what changed there. */
export async function suspectsElsewhere(place: string, workload: Workload, table: LockTable): Promise<Workload[]> {
  const items: StoredItem[] = await table.query(partition.suspects(place), 'W#');
  const own = workloadKey(workload);
  return items.flatMap(({ body }) => suspectIn(body)?.workload ?? []).filter((one) => workloadKey(one) !== own);
}

function expiry(now: number): number {
  return Math.floor(now / 1_000) + FAR_FUTURE_DAYS * 86_400;
}
