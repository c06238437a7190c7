import type { Finding } from '../detection/finding';
import { sameOriginMembers } from '../adapters/security-hub/security-hub-findings';
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
export const MOST_TOGETHER = 500;
const FAR_FUTURE_DAYS = 500;

/** Settling takes a clock and a sink; judging takes neither. */
export interface Settlement extends Bench {
  readonly publish: Publish;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What is not said yet: whoever answers yes sees to it that the workload is settled again. @default nothing is held */
  readonly isHeld?: (finding: Finding) => boolean;
  /** Told how many findings the workload has, suppressed ones and its groups included. */
  readonly onSettled?: (findings: number) => void;
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
  await bringUp(all, workload, { places, isTogether: together.length > 0 }, settlement);
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

/**
 * Brings single findings to their workloads and groups to their places. Of the other workloads only what they have at the
 * places they share with this one: what they have elsewhere belongs together with whoever is there.
 */
async function bringUp(
  { judged, around }: Judgements,
  settled: Workload,
  { places, isTogether }: { readonly places: readonly string[]; readonly isTogether: boolean },
  settlement: Settlement,
): Promise<void> {
  const { findings, suppressed } = findingsOf(
    judged.map(({ outcome }) => outcome),
    [],
    around,
  );
  const told = [...findings, ...suppressed.map((finding) => hidden(finding, around))];
  const shared = new Set(places);
  const isShared = (finding: Finding): boolean => meetingPlaces(finding).some((place) => shared.has(place));
  const clerk = { ...settlement, behind: sameOriginMembers(findings) };
  const own = workloadKey(settled);
  for (const { workload } of judged) {
    const single = told.filter((finding) => finding.workload && isOf(finding, workload));
    const isOwn = workloadKey(workload) === own;
    await reconcile(partition.workload(workload), single, clerk, isOwn ? () => true : isShared);
  }
  const groups = told.filter(({ workload }) => workload === null);
  for (const place of places) {
    const there = groups.filter(({ id }) => id.endsWith(`/${place}`));
    if (isTogether || there.length > 0 || (await hasGroup(place, settlement.table)))
      await reconcile(partition.suspects(place), there, clerk);
  }
  settlement.onSettled?.(told.filter((finding) => concerns(finding, settled)).length);
}

/** A suppressed finding is recorded, and withdrawn where it was said before. */
function hidden(finding: Finding, { settings }: Surroundings): Finding {
  const by = suppressedBy(finding, settings.suppressions);
  const archivedBecause = by ? `suppressed until ${by.expires} by ${by.owner}: ${by.reason}` : 'suppressed';
  return { ...finding, status: 'ARCHIVED', archivedBecause };
}

function concerns(finding: Finding, workload: Workload): boolean {
  const { workloads } = finding;
  return isOf(finding, workload) || (workloads ?? []).some((one) => isSame(one, workload));
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

function isOf({ workload }: Finding, one: Workload): boolean {
  return workload !== null && isSame(workload, one);
}

function isSame(a: Workload, b: Workload): boolean {
  return a.account === b.account && a.kind === b.kind && a.id === b.id;
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
