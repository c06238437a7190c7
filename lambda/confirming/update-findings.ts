import type { Finding } from '../detection/model/finding';
import { sameOriginMembers } from '../detection/findings/group-findings';
import { combineFindings } from '../detection/detect';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { originText } from '../detection/model/origin';
import type { Peers } from '../detection/judge/peers';
import { idIn, partition, SORT_KEYS } from '../store/table-schema';
import { judgeWorkloads, type JudgingContext, type Judged, type Judgements } from '../judging/judge-workloads';
import { invalidateSteadyState } from '../judging/steady-state';
import { saveClaims, type Claims, type ClaimsSaved } from '../store/published-rows';
import { ConcurrentChange } from '../store/concurrent-change';
import { archivedBySuppression } from '../detection/findings/suppression';
import type { LockTable } from '../store/lock-table';
import { reconcile, type Publish } from './reconcile-findings';
import { subscribersOf, Subscriptions } from '../store/subscriptions';
import { meetingPlaces, suspectIn, type Suspect } from '../store/suspect-index';
import { publishInformational } from './informational-findings';
import { anchorClaimsOf, expiryOfClaims, topicsOf } from '../judging/anchor-summary-rows';

/** Fewer workloads at one place make no group. */
const GROUP = 2;

/** The workloads at one place that are judged together; a fleet's story is told by so many. */
export const MOST_TOGETHER = 500;

/** So many judgements of one workload, each overtaken by another's writing, and it is left to the next attempt. */
const MOST_ROUNDS = 6;

/** Settling takes a clock and a sink; judging takes neither. */
export interface UpdateContext extends JudgingContext {
  readonly publish: Publish;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What is not said yet: whoever answers yes sees to it that the workload is settled again. @default nothing is held */
  readonly isHeld?: (finding: Finding) => boolean;
  /** Told how many findings the workload has, suppressed ones and its groups included. */
  readonly onSettled?: (findings: number) => void;
}

export interface UpdateResult {
  /** Who else has to be settled, because what this one says of itself bears on them. */
  readonly others: readonly Workload[];
  /** To be called when that was asked for: else it comes up again. */
  finish(): Promise<void>;
}

/**
 * Judges a workload, stores its footprint and its suspicions, and brings its findings, and the groups they belong to, to
 * what the verdicts say: until a judgement that was made after the last write says what is written.
 */
export async function updateFindings(workload: Workload, settlement: UpdateContext): Promise<UpdateResult> {
  const settling = new FindingsUpdate(workload, settlement);
  await invalidateSteadyState(settlement.table, workload, expiryOfClaims(settlement.now));
  for (let round = 0; round < MOST_ROUNDS; round += 1) if (await settling.isDone()) return settling;
  throw new ConcurrentChange(workloadKey(workload));
}

class FindingsUpdate implements UpdateResult {
  private readonly concerned = new Map<WorkloadKey, Workload>();
  private readonly saved = new Map<string, ClaimsSaved>();
  private readonly settlement: UpdateContext;
  private readonly expires: number;

  constructor(
    private readonly workload: Workload,
    settlement: UpdateContext,
  ) {
    this.settlement = { ...settlement, ...askedOnce(settlement) };
    this.expires = expiryOfClaims(settlement.now);
  }

  get others(): readonly Workload[] {
    return [...this.concerned.values()];
  }

  async finish(): Promise<void> {
    await Promise.all([...this.saved.values()].map((saved) => saved.finish()));
  }

  /** One round; true when it found everything as it should be. */
  async isDone(): Promise<boolean> {
    const { workload, settlement } = this;
    const { table, now } = settlement;
    const judgements = await judgeWorkloads([workload], settlement, new Subscriptions(table, workload, now));
    const [judged] = judgements.judged;
    if (!judged) return true;
    const footprint = await this.save(SORT_KEYS.anchorClaims, anchorClaimsOf(judged), judged);
    this.concern(await subscribersOf(topicsOf(footprint, workload), table));
    const claims = suspicionsOf(judged);
    const suspicions = await this.save(SORT_KEYS.suspectClaims, claims, judged);
    // Others write theirs and read these; so theirs are read again before anything is said.
    if (footprint.isNew || suspicions.isNew) return false;
    const isSaid = await this.say(judgements, new Set([...claims.keys(), ...suspicions.places].map((pk) => idIn(pk))));
    return (await this.tell(judged, judgements.around)) && !isSaid;
  }

  private async say(judgements: Judgements, places: ReadonlySet<string>): Promise<boolean> {
    const { workload, settlement } = this;
    const together = await membersAt(places, workload, settlement.table);
    const all = together.length === 0 ? judgements : await judgeWorkloads([workload, ...together], settlement);
    return reconcileAll(all, workload, { places, isTogether: together.length > 0 }, settlement);
  }

  private async tell(judged: Judged, around: Peers): Promise<boolean> {
    const { settlement, expires } = this;
    if (!settlement.settings.serviceCallerFindings) return true;
    const mine = this.saved.get(SORT_KEYS.informationalClaims)?.revision ?? null;
    const { saved, isSaid, concerned } = await publishInformational(judged, around, settlement, { expires, mine });
    this.saved.set(SORT_KEYS.informationalClaims, saved);
    this.concern(concerned);
    return !isSaid && !saved.isNew;
  }

  private async save(sk: string, claims: Claims, { kept }: Judged): Promise<ClaimsSaved> {
    const { workload, settlement, expires } = this;
    const mine = this.saved.get(sk)?.revision ?? null;
    const saved = await saveClaims(settlement.table, workload, claims, { sk, expires, item: kept(sk), mine });
    this.saved.set(sk, saved);
    return saved;
  }

  private concern(others: readonly Workload[]): void {
    for (const other of others) this.concerned.set(workloadKey(other), other);
    this.concerned.delete(workloadKey(this.workload));
  }
}

/** What is held is asked once a finding, in however many rounds. */
function askedOnce({ isHeld }: UpdateContext): Pick<UpdateContext, 'isHeld'> {
  if (!isHeld) return {};
  const answers = new Map<string, boolean>();
  return {
    isHeld: (finding) => {
      const answer = answers.get(finding.id) ?? isHeld(finding);
      answers.set(finding.id, answer);
      return answer;
    },
  };
}

/** Where a workload is suspected: where its verdicts meet others'. */
function suspicionsOf({ workload, reported }: Judged): Claims {
  const claims = new Map<string, string>();
  for (const { summary } of reported.shown) {
    const body = JSON.stringify({ workload, firstSeen: summary.firstSeen } satisfies Suspect);
    for (const place of meetingPlaces(summary)) claims.set(partition.suspects(place), body);
  }
  return claims;
}

/** The others suspected at these places, the earliest first; nobody where they are too few for a group and were no group. */
async function membersAt(places: ReadonlySet<string>, workload: Workload, table: LockTable): Promise<Workload[]> {
  const own = workloadKey(workload);
  const members = new Map<string, Suspect>();
  for (const place of places) {
    const items = await table.query(partition.suspects(place));
    const suspects = items
      .filter(({ sk }) => sk.startsWith(SORT_KEYS.claim))
      .flatMap(({ body }) => suspectIn(body) ?? []);
    const wasGroup = items.some(({ sk }) => sk.startsWith(SORT_KEYS.finding));
    if (suspects.length < GROUP && !wasGroup) continue;
    for (const one of suspects) members.set(workloadKey(one.workload), one);
  }
  members.delete(own);
  const sorted = [...members.values()].sort((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1));
  return sorted.slice(0, MOST_TOGETHER).map((member) => member.workload);
}

/**
 * Brings single findings to their workloads and groups to their places. Of the other workloads only what they have at the
 * places they share with this one: what they have elsewhere belongs together with whoever is there. True when anything was
 * written.
 */
async function reconcileAll(
  { judged, around }: Judgements,
  settled: Workload,
  { places, isTogether }: { readonly places: ReadonlySet<string>; readonly isTogether: boolean },
  settlement: UpdateContext,
): Promise<boolean> {
  const { findings, suppressed } = combineFindings(
    judged.map((one) => one.compose()),
    [],
    around,
  );
  const told = [...findings, ...suppressed.map((finding) => archivedBySuppression(finding, around.settings))];
  const isShared = (finding: Finding): boolean => meetingPlaces(finding).some((place) => places.has(place));
  const clerk = { ...settlement, behind: sameOriginMembers(findings) };
  const own = workloadKey(settled);
  let isSaid = false;
  for (const { workload } of judged) {
    const single = told.filter((finding) => isOf(finding, workload) && !isOfPlace(finding));
    const isOwn = workloadKey(workload) === own;
    if (await reconcile(partition.workload(workload), single, clerk, isOwn ? () => true : isShared)) isSaid = true;
  }
  for (const place of places) {
    const there = told.filter((finding) => isOfPlace(finding) && placeOf(finding) === place);
    if (isTogether || there.length > 0 || (await hasGroup(place, settlement.table)))
      if (await reconcile(partition.suspects(place), there, clerk)) isSaid = true;
  }
  settlement.onSettled?.(told.filter((finding) => concerns(finding, settled)).length);
  return isSaid;
}

/** Groups, and what one workload tells for all of its role, are kept where they meet. */
function isOfPlace({ workload, type }: Finding): boolean {
  return workload === null || type === 'UnattributedService';
}

function placeOf(finding: Finding): string | undefined {
  return finding.workload === null
    ? finding.origin
      ? originText(finding.origin)
      : undefined
    : meetingPlaces(finding)[0];
}

function concerns(finding: Finding, workload: Workload): boolean {
  const { workloads } = finding;
  return isOf(finding, workload) || (workloads ?? []).some((one) => isSame(one, workload));
}

function isOf({ workload }: Finding, one: Workload): boolean {
  return workload !== null && isSame(workload, one);
}

function isSame(a: Workload, b: Workload): boolean {
  return a.account === b.account && a.kind === b.kind && a.id === b.id;
}

async function hasGroup(place: string, table: LockTable): Promise<boolean> {
  return (await table.query(partition.suspects(place), SORT_KEYS.finding)).length > 0;
}
