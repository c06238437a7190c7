import { suspicious, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { SHUTDOWN } from '../doors';
import { slotOf } from '../plausibility';
import { isoTime } from '../../model/event-time';
import { lastUntil } from '../../model/in-time-order';

/** A terminated or stopped instance, or a stopped task, makes no calls. */
export const deadOrStopped: Rule = { name: 'dead-or-stopped', apply };

function apply(input: RuleInput): RuleAnswer {
  const { subject } = input;
  const { life } = subject;
  if (!life) return [];
  const { terminated } = life;
  if (terminated && input.time > terminated.time + SHUTDOWN) {
    return suspicious(
      'AfterTermination',
      `the ${subject.history.kind.noun} was terminated at ${isoTime(terminated.time)}`,
      {
        events: [terminated.eventId],
      },
    );
  }
  const last = life.power[lastUntil(life.power, input.time)];
  if (!last || last.on || input.time <= last.time + SHUTDOWN || issuedSince(input, last.time)) {
    return [];
  }
  return suspicious(
    'WhileStopped',
    `the instance was stopped at ${isoTime(last.time)}, and no start or new issuance was seen before the call`,
    {
      isWeak: input.learned.lock.has(slotOf(input.origin, input.subject, input.peers)),
      events: [last.eventId],
    },
  );
}

function issuedSince({ subject, time }: RuleInput, stop: number): boolean {
  const { issuances } = subject.history;
  return (issuances[lastUntil(issuances, time)]?.time ?? stop) > stop;
}
