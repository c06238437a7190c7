import { isInventoryId } from '../../lambda/detection/facts/facts';
import type { Judgement } from '../../lambda/detection/judge/judge';
import { givenBy } from '../../lambda/detection/network/address-tenure';

/** A change of an instance. */
export interface LifeEvent {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly text: string;
  /** Record id, if a record shows it. */
  readonly record: string | null;
}

/** Launch, starts, stops, address changes and termination, by time; empty for other kinds of workload. */
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
        text: `${action} allows one address that no record names`,
        record: recordIn(eventId),
      })),
    ...(terminated ? [{ time: terminated.time, text: 'terminated', record: terminated.eventId }] : []),
  ];
  return events.sort((a, b) => a.time - b.time);
}

/** Inventories have no record to look up. */
function recordIn(eventId: string | null): string | null {
  return eventId === null || isInventoryId(eventId) ? null : eventId;
}
