import { METRICS } from '../environment';
import type { Finding } from '../detection/model/finding';
import type { Workload } from '../detection/model/workload';
import { despiteOthers } from '../store/concurrent-change';
import { dueAt, isHeld } from '../judging/hold';
import type { Meter } from '../telemetry';
import type { JudgingContext } from '../judging/judge-workloads';
import type { RequestConfirm } from '../judging/confirm-request';
import type { Publish } from './reconcile-findings';
import { updateFindings, type UpdateContext, type UpdateResult } from './update-findings';
import { updateTokenFindings } from './update-token-findings';
import { holderOf } from '../judging-tokens/token-holder';

export interface ConfirmContext {
  readonly judging: JudgingContext;
  readonly requestConfirm: RequestConfirm;
  readonly publish: Publish;
  /** See `UpdateContext`. */
  readonly readsAnswers: boolean;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

const ATTEMPTS = 4;
const PAUSE = 50;

/**
 * Updates a workload's findings by the facts known now, and requests what is left: workloads whose verdicts may have changed
 * with its own, and itself where a finding is still held.
 */
export async function confirmWorkload(workload: Workload, context: ConfirmContext): Promise<void> {
  const { requestConfirm, meter, pause } = context;
  const { update, held } = await despiteOthers(
    () => confirmOnce(workload, context),
    ATTEMPTS,
    async (attempt) => void (await pause(PAUSE * 2 ** attempt * (0.5 + Math.random()))),
  );
  meter.count(METRICS.workloadsConfirmed);
  meter.count(METRICS.suspicionsHeld, held.length);
  const { now, judging } = context;
  const due = Math.min(...held.map((finding) => dueAt(finding, judging.settings)));
  await Promise.all([
    ...update.others.map((other) => requestConfirm(other, now())),
    ...(held.length > 0 ? [requestConfirm(workload, due)] : []),
  ]);
  await update.finish();
}

async function confirmOnce(
  workload: Workload,
  { meter, now: clock, publish, judging, readsAnswers }: ConfirmContext,
): Promise<{ update: UpdateResult; held: Finding[] }> {
  const now = clock();
  const held = new Map<string, Finding>();
  let published = 0;
  let findings = 0;
  const holder = holderOf(workload);
  const updating: UpdateContext = {
    ...judging,
    now,
    readsAnswers,
    publish: (...outgoing) => {
      published += 1;
      return publish(...outgoing);
    },
    isHeld: (finding) => {
      const holds = isHeld(finding, judging.settings, now);
      if (holds) held.set(finding.id, finding);
      return holds;
    },
    onConfirmed: (count) => {
      findings = count;
    },
  };
  const update = await (holder ? updateTokenFindings(workload, holder, updating) : updateFindings(workload, updating));
  if (findings === 0 && published === 0) meter.count(METRICS.suspicionsExplained);
  return { update, held: [...held.values()] };
}
