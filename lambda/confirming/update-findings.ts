import type { Finding } from '../detection/model/finding';
import { sameOriginMembers } from '../detection/findings/same-origin-members';
import { undeclaredAddresses } from '../detection/findings/undeclared-egress';
import { combineFindings } from '../detection/detect';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { originText } from '../detection/model/origin';
import type { Peers } from '../detection/judge/peers';
import { idIn, partition, SORT_KEYS } from '../store/table-schema';
import { judgeWorkloads, type JudgingContext, type Judged, type Judgements } from '../judging/judge-workloads';
import { invalidateSteadyState } from '../judging/steady-state';
import { claimsIn, saveClaims, type Claims, type ClaimsSaved } from '../store/published-rows';
import { ConcurrentChange } from '../store/concurrent-change';
import { archivedBySuppression } from '../detection/findings/suppression';
import type { LockTable } from '../store/lock-table';
import { reconcile, type Publish } from './reconcile-findings';
import { subscribersOf, Subscriptions, topic } from '../store/subscriptions';
import { meetingPlaces, suspectIn, type Suspect } from '../store/suspect-index';
import { publishInformational } from './informational-findings';
import { withVerificationNotes } from './verification-notes';
import { anchorClaimsOf, expiryOfClaims, topicsOf } from '../judging/anchor-summary-rows';
import { compareText } from '../detection/model/compare-text';

/** The least number of workloads in a group. */
const GROUP = 2;

/** The largest number of workloads of one origin that are judged together. */
export const MAX_TOGETHER = 500;

/** Rounds with changes after which the attempt is given up. */
const MOST_ROUNDS = 6;

export interface UpdateContext extends JudgingContext {
  readonly publish: Publish;
  /** Epoch milliseconds. */
  readonly now: number;
  /** True if a finding must wait; the caller then confirms the workload again later. @default none */
  readonly isHeld?: (finding: Finding) => boolean;
  /** Reads why EC2 did not tell who has the findings' addresses, and adds it to them. @default false */
  readonly readsAnswers?: boolean;
  /** Receives the number of the workload's findings, suppressed ones and its groups included. */
  readonly onConfirmed?: (findings: number) => void;
}

export interface UpdateResult {
  /** Workloads whose verdicts may change with this one's, and which must be confirmed as well. */
  readonly others: readonly Workload[];
  /** To be called once they are requested; without it the next run gives them again. */
  finish(): Promise<void>;
}

/**
 * Judges a workload, stores its anchor summary and its suspicions, and reconciles its findings and their groups with the
 * verdicts. Repeats until a judgement made after the last write changes nothing.
 */
export async function updateFindings(workload: Workload, context: UpdateContext): Promise<UpdateResult> {
  const update = new FindingsUpdate(workload, context);
  await invalidateSteadyState(context.table, workload, { expires: expiryOfClaims(context.now), now: context.now });
  for (let round = 0; round < MOST_ROUNDS; round += 1) if (await update.isDone()) return update;
  throw new ConcurrentChange(workloadKey(workload));
}

class FindingsUpdate implements UpdateResult {
  private readonly concerned = new Map<WorkloadKey, Workload>();
  private readonly saved = new Map<string, ClaimsSaved>();
  private readonly context: UpdateContext;
  private readonly expires: number;

  constructor(
    private readonly workload: Workload,
    context: UpdateContext,
  ) {
    this.context = { ...context, ...holdMemo(context) };
    this.expires = expiryOfClaims(context.now);
  }

  get others(): readonly Workload[] {
    return [...this.concerned.values()];
  }

  async finish(): Promise<void> {
    await Promise.all([...this.saved.values()].map((saved) => saved.finish()));
  }

  /** One round; true when nothing had to be written. */
  async isDone(): Promise<boolean> {
    const { workload, context } = this;
    const { table, now } = context;
    const judgements = await judgeWorkloads([workload], context, new Subscriptions(table, workload, now));
    const [judged] = judgements.judged;
    if (!judged) return true;
    const { isComplete } = judgements;
    const anchors = isComplete ? anchorClaimsOf(judged) : claimsIn(judged.kept(SORT_KEYS.anchorClaims));
    const summary = await this.save(SORT_KEYS.anchorClaims, anchors, judged);
    this.concern(await subscribersOf([...topicsOf(summary, workload), topic.held(workload)], table));
    const open = isComplete ? [] : claimsIn(judged.kept(SORT_KEYS.suspectClaims));
    const claims = new Map([...open, ...suspicionsOf(judged)]);
    const suspicions = await this.save(SORT_KEYS.suspectClaims, claims, judged);
    // Re-read after writing, so that concurrent changes are seen before anything is published.
    if (summary.isNew || suspicions.isNew) return false;
    const isPublished = await this.reconcile(
      judgements,
      new Set([...claims.keys(), ...suspicions.places].map((pk) => idIn(pk))),
    );
    return (!isComplete || (await this.publishInformational(judged, judgements.peers))) && !isPublished;
  }

  private async reconcile(judgements: Judgements, places: ReadonlySet<string>): Promise<boolean> {
    const { workload, context } = this;
    const reached = new Set(places);
    let together: readonly Workload[] = [];
    let all = judgements;
    for (let size = -1; size < reached.size && together.length < MAX_TOGETHER;) {
      size = reached.size;
      const members = await membersAt(reached, workload, context.table);
      if (members.length === together.length) break;
      together = members;
      all = await judgeWorkloads([workload, ...together], context);
      // Workloads that share one address of an undeclared egress may share its others with more.
      for (const { judgement } of all.judged) for (const place of undeclaredAddresses(judgement)) reached.add(place);
    }
    return reconcileAll(all, workload, { places: reached, isTogether: together.length > 0 }, context);
  }

  private async publishInformational(judged: Judged, around: Peers): Promise<boolean> {
    const { context, expires } = this;
    if (!context.settings.serviceCallerFindings) return true;
    const mine = this.saved.get(SORT_KEYS.informationalClaims)?.revision ?? null;
    const { saved, isPublished, concerned } = await publishInformational(judged, around, context, { expires, mine });
    this.saved.set(SORT_KEYS.informationalClaims, saved);
    this.concern(concerned);
    return !isPublished && !saved.isNew;
  }

  private async save(sk: string, claims: Claims, { kept }: Judged): Promise<ClaimsSaved> {
    const { workload, context, expires } = this;
    const mine = this.saved.get(sk)?.revision ?? null;
    const saved = await saveClaims(context.table, workload, claims, { sk, expires, item: kept(sk), mine });
    this.saved.set(sk, saved);
    return saved;
  }

  private concern(others: readonly Workload[]): void {
    for (const other of others) this.concerned.set(workloadKey(other), other);
    this.concerned.delete(workloadKey(this.workload));
  }
}

/** Calls `isHeld` once per finding, whatever the number of rounds. */
function holdMemo({ isHeld }: UpdateContext): Pick<UpdateContext, 'isHeld'> {
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

/** Claims of a workload at the places where its verdicts may be grouped with others'. */
function suspicionsOf({ workload, reported }: Judged): Claims {
  const claims = new Map<string, string>();
  for (const { summary } of reported.shown) {
    const body = JSON.stringify({ workload, firstSeen: summary.firstSeen } satisfies Suspect);
    for (const place of meetingPlaces(summary)) claims.set(partition.suspects(place), body);
  }
  return claims;
}

/** The other suspected workloads at these places, earliest first. Places with too few for a group and without one are left out. */
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
  const sorted = [...members.values()].sort((a, b) => compareText(a.firstSeen, b.firstSeen));
  return sorted.slice(0, MAX_TOGETHER).map((member) => member.workload);
}

/**
 * Reconciles single findings with their workloads and groups with their places. Of other workloads, only findings at places
 * shared with this one are changed: those elsewhere may belong to groups that are not judged here. True if anything was
 * written.
 */
async function reconcileAll(
  { judged, peers: around, isComplete }: Judgements,
  confirmed: Workload,
  { places, isTogether }: { readonly places: ReadonlySet<string>; readonly isTogether: boolean },
  context: UpdateContext,
): Promise<boolean> {
  const { findings, suppressed } = combineFindings(
    judged.map((one) => one.compose()),
    [],
    around.settings,
  );
  const noted = context.readsAnswers ? await withVerificationNotes(findings, context.table, around.settings) : findings;
  const published = [...noted, ...suppressed.map((finding) => archivedBySuppression(finding, around.settings))];
  const isShared = (finding: Finding): boolean => meetingPlaces(finding).some((place) => places.has(place));
  const reconcileContext = { ...context, groups: sameOriginMembers(findings), isComplete };
  const own = workloadKey(confirmed);
  let isPublished = false;
  for (const { workload } of judged) {
    const single = published.filter((finding) => isOf(finding, workload) && !isOfPlace(finding));
    const isOwn = workloadKey(workload) === own;
    if (await reconcile(partition.workload(workload), single, reconcileContext, isOwn ? () => true : isShared))
      isPublished = true;
  }
  for (const place of places) {
    const there = published.filter((finding) => isOfPlace(finding) && placeOf(finding) === place);
    if (isTogether || there.length > 0 || (await hasGroup(place, context.table)))
      if (await reconcile(partition.suspects(place), there, reconcileContext)) isPublished = true;
  }
  context.onConfirmed?.(published.filter((finding) => concerns(finding, confirmed)).length);
  return isPublished;
}

/** Groups, and findings that one workload reports for all of its role, are stored under their origin. */
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
