import { METRICS } from '../environment';
import type { Finding } from '../detection/model/finding';
import type { Workload } from '../detection/model/workload';
import { despiteOthers } from '../store/concurrent-change';
import { dueAt, isHeld } from '../judging/hold';
import type { Meter } from '../telemetry';
import type { JudgingContext } from '../judging/judge-workloads';
import type { RequestConfirm } from '../judging/confirm-request';
import type { Publish } from './reconcile-findings';
import { updateFindings, type UpdateResult } from './update-findings';

export interface Confirming extends JudgingContext {
  readonly ask: RequestConfirm;
  readonly publish: Publish;
  readonly meter: Meter;
  /** Epoch milliseconds, now and each time it is asked. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

const ATTEMPTS = 4;
const PAUSE = 50;

/**
 * Settles a workload by what is known now, and asks for what is left: others whose verdicts may have changed with its, and
 * itself where a finding still has to wait for its hold to pass.
 */
export async function confirmWorkload(workload: Workload, confirming: Confirming): Promise<void> {
  const { ask, meter, pause } = confirming;
  const { settled, held } = await despiteOthers(
    () => settleOnce(workload, confirming),
    ATTEMPTS,
    async (attempt) => void (await pause(PAUSE * 2 ** attempt * (0.5 + Math.random()))),
  );
  meter.count(METRICS.workloadsSettled);
  meter.count(METRICS.suspicionsHeld, held.length);
  const { settings, now } = confirming;
  const due = Math.min(...held.map((finding) => dueAt(finding, settings)));
  await Promise.all([
    ...settled.others.map((other) => ask(other, now())),
    ...(held.length > 0 ? [ask(workload, due)] : []),
  ]);
  await settled.finish();
}

async function settleOnce(
  workload: Workload,
  { meter, now: clock, publish, ...bench }: Confirming,
): Promise<{ settled: UpdateResult; held: Finding[] }> {
  const now = clock();
  const held = new Map<string, Finding>();
  let said = 0;
  let findings = 0;
  const settled = await updateFindings(workload, {
    ...bench,
    now,
    publish: (...saying) => {
      said += 1;
      return publish(...saying);
    },
    isHeld: (finding) => {
      const holds = isHeld(finding, bench.settings, now);
      if (holds) held.set(finding.id, finding);
      return holds;
    },
    onSettled: (count) => {
      findings = count;
    },
  });
  if (findings === 0 && said === 0) meter.count(METRICS.suspicionsExplained);
  return { settled, held: [...held.values()] };
}
