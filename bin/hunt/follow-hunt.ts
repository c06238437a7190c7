import { setTimeout as wait } from 'node:timers/promises';
import { OUTPUT_REFUSED, TOO_MANY_UNREAD, WORK_EXPIRED } from '../../lambda/hunt-names';
import { notify } from '../terminal/stderr';
import type { AwsHunts } from './aws-hunt';
import { failureLines, progressJson, progressText } from './hunt-progress';
import type { HuntState } from './hunt-state';

/**
 * Shows progress on standard error until the hunt has ended, as JSON if asked. Throws with the reason if it failed.
 * `interval`: milliseconds between two looks, of which those that show something new are written.
 */
export async function followHunt(hunts: AwsHunts, hunt: string, interval: number, json: boolean): Promise<void> {
  let shown = '';
  for (;;) {
    const { state, progress } = await hunts.look(hunt);
    const seen = JSON.stringify([state.status, progress.stages, progress.bytes, progress.records]);
    if (seen !== shown) notify(json ? progressJson(hunt, progress) : `${progressText(progress)}\n`);
    shown = seen;
    if (state.status === 'SUCCEEDED') return;
    if (state.status !== 'RUNNING' && state.status !== 'PENDING_REDRIVE') throw new Error(failureText(hunt, state));
    await wait(interval);
  }
}

function failureText(hunt: string, { status, error, cause, failures }: HuntState): string {
  const reason = cause === null ? '' : ` (${cause})`;
  const text = `hunt ${hunt} ended: ${status.toLowerCase()}${reason}. ${remedyOf(hunt, error)}`;
  return [text, ...failureLines(failures)].join('\n');
}

function remedyOf(hunt: string, error: string | null): string {
  const redrive = `\`credlock hunt --redrive ${hunt}`;
  if (error === TOO_MANY_UNREAD) return `${redrive} --max-unreadable PERCENT\` goes on; a new hunt reads again`;
  // An execution keeps the input and the definition that it was started with.
  if (error === WORK_EXPIRED || error === OUTPUT_REFUSED) return 'Start another';
  return `${redrive}\` runs what failed again`;
}
