import { suspicious, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { slotOf } from '../plausibility';
import { isoTime } from '../../model/event-time';

/** What runs while a machine shuts down may still call. */
const SHUTDOWN = 15 * 60_000;

/** Rule 2: nothing calls from a terminated or stopped instance. */
export const deadOrStopped: Rule = { name: 'dead-or-stopped', apply };

function apply(trial: RuleInput): RuleAnswer {
  const { life } = trial.who;
  if (!life) return [];
  const { terminated } = life;
  if (terminated && trial.time > terminated.time + SHUTDOWN) {
    return suspicious(`the instance was terminated at ${isoTime(terminated.time)}`, 'AfterTermination', 'HIGH', [
      terminated.eventId,
    ]);
  }
  const last = life.power.filter(({ time }) => time <= trial.time).at(-1);
  if (!last || last.on || trial.time <= last.time + SHUTDOWN || issuedSince(trial, last.time)) {
    return [];
  }
  const locked = trial.learned.lock.has(slotOf(trial.origin, trial.who, trial.around));
  return suspicious(
    `the instance was stopped at ${isoTime(last.time)}, and no start or new issuance was seen before the call`,
    'WhileStopped',
    locked ? 'MEDIUM' : 'HIGH',
    [last.eventId],
  );
}

function issuedSince({ who, time }: RuleInput, stop: number): boolean {
  return who.history.issuances.some((issuance) => issuance.time > stop && issuance.time <= time);
}
