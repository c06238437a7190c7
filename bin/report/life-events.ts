import { isInventoryId } from '../../lambda/detection/facts/facts';
import type { Judgement } from '../../lambda/detection/judge/judge';
import { givenBy } from '../../lambda/detection/network/address-tenure';

/** What happened to an instance. */
export interface LifeEvent {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly text: string;
  /** The id of the record that tells, where one does. */
  readonly record: string | null;
}

/** Its launch, starts and stops, addresses got and lost, and termination, by time; nothing for other workloads. */
export function lifeEvents({ subject }: Pick<Judgement, 'subject'>): LifeEvent[] {
  if (!subject.life) return [];
  const { launched, power, terminated, tenures, doors } = subject.life;
  const events: LifeEvent[] = [
    ...(launched === null ? [] : [{ time: launched, text: 'launched', record: null }]),
    ...power.map(({ time, on, eventId }) => ({ time, text: on ? 'started' : 'stopped', record: eventId })),
    ...tenures.map((tenure) => ({
      time: tenure.since,
      text: `${givenBy(tenure)} it ${tenure.address}`,
      record: recordIn(tenure.sinceEvent),
    })),
    ...tenures.flatMap(({ until, untilEvent, address }) =>
      until === null ? [] : [{ time: until, text: `lost ${address}`, record: recordIn(untilEvent) }],
    ),
    ...doors
      .filter(({ cause }) => cause !== 'start')
      .map(({ time, action, eventId }) => ({
        time,
        text: `${action} allows one address no record names`,
        record: recordIn(eventId),
      })),
    ...(terminated ? [{ time: terminated.time, text: 'terminated', record: terminated.eventId }] : []),
  ];
  return events.sort((a, b) => a.time - b.time);
}

/** An inventory is no record that could be looked up. */
function recordIn(eventId: string | null): string | null {
  return eventId === null || isInventoryId(eventId) ? null : eventId;
}
