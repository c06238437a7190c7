import type { HuntPlan } from '../../lambda/hunting/hunt-plan';
import { counted } from '../terminal/numbers';
import { aboutDollars, aboutDuration, gigabytesText } from './about';
import { estimateOf, type StageEstimate } from './hunt-estimate';
import type { FailedChild, HuntState, StageState } from './hunt-state';

/** How far a hunt is. Dollars and seconds left are about, by measured figures; null where the plan is not made yet. */
export interface HuntProgress {
  /** As in `HuntState`. */
  readonly status: string;
  readonly cause: string | null;
  /** Since it began, or was redriven. */
  readonly seconds: number;
  readonly stages: readonly Pick<StageState, 'stage' | 'ended' | 'failed' | 'running' | 'all'>[];
  readonly failures: readonly FailedChild[];
  /** Bytes of log files, as they are stored. */
  readonly bytesRead: number | null;
  readonly bytes: number | null;
  /** In the log files of the children that have ended. */
  readonly records: number | null;
  /** For functions. */
  readonly dollars: number | null;
  /** Null unless it runs. */
  readonly secondsLeft: number | null;
}

/** What is known once a hunt is planned. */
export interface PlannedHunt {
  readonly plan: HuntPlan;
  readonly records: number;
}

/** `now`: epoch milliseconds. */
export function progressOf(state: HuntState, planned: PlannedHunt | null, now: number): HuntProgress {
  const { status, cause, stages, failures, started, stopped } = state;
  const common = { status, cause, seconds: ((stopped ?? now) - started) / 1_000, failures };
  const shown = stages.map(({ stage, ended, failed, running, all }) => ({ stage, ended, failed, running, all }));
  if (!planned) return { ...common, stages: shown, ...UNPLANNED };
  const { plan, records } = planned;
  const estimates = estimateOf(plan).stages;
  const read = stages.find(({ stage }) => stage === 'read');
  const begun = stages.at(-1)?.stage;
  const next = estimates.findIndex(({ stage }) => stage === begun) + 1;
  const isDone = status === 'SUCCEEDED';
  return {
    ...common,
    stages: shown,
    bytes: plan.bytes,
    records,
    bytesRead: plan.bytes * (read ? shareOf(read) : 0),
    dollars: estimates.reduce((sum, one, at) => sum + one.lambda * (isDone ? 1 : shareDone(one, at < next, stages)), 0),
    secondsLeft: status === 'RUNNING' ? secondsLeft(estimates, next, stages.at(-1), now) : null,
  };
}

const UNPLANNED = { bytesRead: null, bytes: null, records: null, dollars: null, secondsLeft: null };

/** One line: `running for 12 minutes; read 31 of 41 parts; 7.9 GB, …`. */
export function progressText(progress: HuntProgress): string {
  const { status, seconds, stages, bytesRead, bytes, records, dollars, secondsLeft: left } = progress;
  const texts = stages.map(({ stage, ended, failed, all }) => {
    const failures = failed === 0 ? '' : `, ${failed} failed`;
    return `${stage} ${ended} of ${counted(all, 'part')}${failures}`;
  });
  return [
    `${status.toLowerCase()} for ${aboutDuration(seconds)}`,
    ...texts,
    ...(bytesRead === null || bytes === null || records === null
      ? []
      : [`${gigabytesText(bytesRead)} of ${gigabytesText(bytes)} read, ${counted(records, 'record')}`]),
    ...(dollars === null ? [] : [`${aboutDollars(dollars)} for functions so far`]),
    ...(left === null ? [] : [`about ${aboutDuration(left)} left`]),
  ].join('; ');
}

/** A line of JSON. */
export function progressJson(hunt: string, progress: HuntProgress): string {
  return `${JSON.stringify({ schema: 'credlock.hunt-status/1', hunt, ...progress })}\n`;
}

/** Lines about children that failed. */
export function failureLines(failures: readonly FailedChild[]): string[] {
  return failures.map(({ stage, child, error, cause }) => `${stage} ${child ?? ''} failed: ${error} (${cause})`);
}

function shareOf({ ended, all }: Pick<StageState, 'ended' | 'all'>): number {
  return all === 0 ? 1 : ended / all;
}

/** Of a stage: maps count their children; the others are done once a later one has begun. */
function shareDone({ stage }: StageEstimate, isPast: boolean, stages: readonly StageState[]): number {
  const state = stages.find((one) => one.stage === stage);
  return state ? shareOf(state) : Number(isPast);
}

/** The rest of the running map at its own rate, and the stages to come as they are estimated. */
function secondsLeft(
  estimates: readonly StageEstimate[],
  next: number,
  running: StageState | undefined,
  now: number,
): number {
  const coming = estimates.slice(next).reduce((sum, { seconds }) => sum + seconds, 0);
  if (!running || running.stopped !== null) return coming;
  const share = shareOf(running);
  const elapsed = (now - running.started) / 1_000;
  const rest = share === 0 ? (estimates[next - 1]?.seconds ?? 0) : (elapsed / share) * (1 - share);
  return coming + rest;
}
