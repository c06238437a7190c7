import type { Detection } from '../detection/detect';
import { findingId } from '../detection/findings/compose-finding';
import { archivedBySuppression } from '../detection/findings/suppression';
import type { Finding } from '../detection/model/finding';
import { originText } from '../detection/model/origin';
import type { Settings } from '../detection/model/settings';
import type { SinkName } from '../detection/vocabulary';
import { isHeld } from '../judging/hold';
import type { ItemKey, LockTable } from '../store/lock-table';
import { meetingPlaces } from '../store/suspect-index';
import { partition, SORT_KEYS } from '../store/table-schema';
import type { OutgoingFinding } from './outgoing-finding';
import { reconcile, type Publish } from './reconcile-findings';

export interface PastContext {
  readonly table: LockTable;
  /** Those that the findings were judged by: modes, suppressions and the hold are theirs. */
  readonly settings: Settings;
  /** Queues a finding for the sinks; resolves when the queue has it. */
  readonly send: (outgoing: OutgoingFinding) => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Up to when log files were read, in epoch milliseconds: later ones may explain what is found at the end. */
  readonly until: number;
}

/** Numbers of findings. */
export interface PastPublished {
  /** Queued for the sinks. */
  readonly sent: number;
  /** Published before and unchanged since, of accounts in mode `learn`, or still held. */
  readonly unsent: number;
  /** Left to the deployment, which has them. */
  readonly left: number;
}

/** Notifications are for what happens now. */
const SINKS: readonly SinkName[] = ['security-hub', 'event-bridge'];
const AT_ONCE = 32;
/** Milliseconds since the last call. */
const OVER = 86_400_000;

/**
 * Publishes what was found in the logs of the past, and archives what was published so and is suppressed since. Findings that
 * the deployment has, open or archived, are left to it. Each is kept in a partition of its own, so that publishing again, by
 * the same or another hunt, sends only what changed, and nothing judges it again. Of `SameOrigin` groups the members are
 * published: the deployment may know others, and each incident stays one finding of both.
 */
export async function publishPastFindings(
  { findings, suppressed }: Pick<Detection, 'findings' | 'suppressed'>,
  context: PastContext,
): Promise<PastPublished> {
  const { settings, table } = context;
  let [sent, due, left] = [0, 0, 0];
  const publish: Publish = async (finding, updatedAt, delivery) => {
    if (delivery.reach === 'learn') return;
    await context.send({ finding, updatedAt, delivery, runbookUrl: settings.runbookUrl, sinks: SINKS });
    sent += 1;
  };
  const archived = suppressed.map((finding) => archivedBySuppression(finding, settings));
  const all = [...findings.filter(({ type }) => type !== 'SameOrigin'), ...archived];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const stored = await storedAmong(some, table);
    const now = context.now();
    const reconciling = {
      table,
      settings,
      publish,
      now,
      // A shorter period shows less, which is no reason to lower a finding.
      isComplete: false,
      isJudgedAgain: false,
      isHeld: (finding: Finding) => isPastHeld(finding, now, context),
    };
    const isDeployed = (finding: Finding): boolean => homesOf(finding).some((key) => stored.has(nameOf(key)));
    const past = some.filter(
      (one) => !isDeployed(one) && (one.status === 'ACTIVE' || stored.has(nameOf(pastHomeOf(one)))),
    );
    due += past.length;
    left += some.filter((one) => one.status === 'ACTIVE' && isDeployed(one)).length;
    await Promise.all(past.map((one) => reconcile(partition.past(one.id), [asPast(one, now)], reconciling)));
  }
  return { sent, unsent: due - sent, left };
}

/** The hold counts to the end of what was read, however long ago that is. */
function isPastHeld(finding: Finding, now: number, { settings, until }: PastContext): boolean {
  const firstSeen = Date.parse(finding.firstSeen);
  return isHeld(finding, settings, firstSeen > now ? now : Math.max(Math.min(now, until), firstSeen));
}

/** Names of the items that are there, of those where the findings may be kept. */
async function storedAmong(findings: readonly Finding[], table: LockTable): Promise<ReadonlySet<string>> {
  const keys = findings.flatMap((one) => [pastHomeOf(one), ...homesOf(one)]);
  const items = await table.read(keys);
  return new Set(keys.filter((_, at) => items[at] !== undefined).map(nameOf));
}

function nameOf({ pk, sk }: ItemKey): string {
  return `${pk} ${sk}`;
}

function pastHomeOf({ id }: Finding): ItemKey {
  return { pk: partition.past(id), sk: `${SORT_KEYS.finding}${id}` };
}

/** Where the deployment may keep a finding, or those that a group stands for. */
function homesOf(finding: Finding): ItemKey[] {
  const { id, workload, workloads, origin } = finding;
  const places = workload ? meetingPlaces(finding).slice(0, 1) : origin ? [originText(origin)] : [];
  const originKey = origin ? `${origin.kind}/${originText(origin)}` : '';
  const home = (pk: string, of = id): ItemKey => ({ pk, sk: `${SORT_KEYS.finding}${of}` });
  return [
    ...(workload ? [home(partition.workload(workload))] : []),
    ...places.map((one) => home(partition.suspects(one))),
    home(partition.informational(id)),
    ...(workloads ?? []).map((one) => home(partition.workload(one), findingId(one, originKey))),
  ];
}

function asPast(finding: Finding, now: number): Finding {
  const { title, description, lastSeen } = finding;
  const found = `Found by a hunt in log files, in which its last call was on ${lastSeen.slice(0, 10)}.`;
  return {
    ...finding,
    title: now - Date.parse(lastSeen) > OVER ? `[Past] ${title}` : title,
    description: `${found} ${description}`,
  };
}
