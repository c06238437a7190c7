import { setTimeout as wait } from 'node:timers/promises';
import { TOO_MANY_UNREAD } from '../../lambda/hunt-names';
import { counted } from '../terminal/numbers';
import { notify } from '../terminal/stderr';
import type { AwsHunts } from './aws-hunt';
import type { HuntState } from './hunt-state';

/** Shows progress on standard error until the hunt has ended. Throws with the reason if it failed. `interval`: milliseconds. */
export async function followHunt(hunts: AwsHunts, hunt: string, interval: number): Promise<void> {
  let shown = '';
  for (;;) {
    const state = await hunts.state(hunt);
    const text = progressText(state);
    if (text !== shown) notify(`${text}\n`);
    shown = text;
    if (state.status === 'SUCCEEDED') return;
    if (state.status !== 'RUNNING' && state.status !== 'PENDING_REDRIVE') throw new Error(failureText(hunt, state));
    await wait(interval);
  }
}

/** The stages that have begun, and how far each is. */
export function progressText({ status, stages }: HuntState): string {
  const texts = stages.map(({ stage, ended, failed, all }) => {
    const failures = failed === 0 ? '' : `, ${failed} failed`;
    return `${stage} ${ended} of ${counted(all, 'part')}${failures}`;
  });
  return [status.toLowerCase(), ...texts].join('; ');
}

function failureText(hunt: string, { status, error, cause, failures }: HuntState): string {
  const reason = cause === null ? '' : ` (${cause})`;
  const remedy =
    error === TOO_MANY_UNREAD
      ? `\`credlock hunt --redrive ${hunt} --max-unreadable PERCENT\` goes on; a new hunt reads again`
      : `\`credlock hunt --redrive ${hunt}\` runs what failed again`;
  const children = failures.map(
    ({ stage, child, error: name, cause: why }) => `${stage} ${child ?? ''} failed: ${name} (${why})`,
  );
  return [`hunt ${hunt} ended: ${status.toLowerCase()}${reason}. ${remedy}`, ...children].join('\n');
}
