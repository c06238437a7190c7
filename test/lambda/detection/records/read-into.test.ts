import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import { readInto } from '../../../../lambda/detection/records/read-facts';
import { sessionCall } from '../../trail-files/trail-fixtures';

const NOW = Date.parse('2026-08-03T12:00:00Z');

/** What is left out of a call at `eventTime`, and the number of sessions that are known after it. */
function readAt(eventTime: string): [string | null, number] {
  const facts = new FactSet();
  const skip = readInto(facts, sessionCall('e-1', { eventTime }), WORKLOAD_KINDS, NOW);
  return [skip, facts.sessions.size];
}

describe('a record with a time in the future', () => {
  it('states facts up to 24 hours ahead, since clocks and time zones differ', () => {
    expect(readAt('2026-08-03T12:00:00Z')).toEqual([null, 1]);
    expect(readAt('2026-08-04T12:00:00Z')).toEqual([null, 1]);
  });

  it('states none beyond, not even its account', () => {
    expect(readAt('2026-08-04T12:00:01Z')).toEqual(['in-the-future', 0]);
    expect(readAt('2099-01-01T00:00:00Z')).toEqual(['in-the-future', 0]);
    const facts = new FactSet();
    readInto(facts, sessionCall('e-1', { eventTime: '9999-12-31T23:59:59Z' }), WORKLOAD_KINDS, NOW);
    expect(facts.accounts.size).toBe(0);
  });
});
