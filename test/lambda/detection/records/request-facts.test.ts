import { addLine, linesOf, rowLine } from '../../../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import { readRecordInto } from '../../../../lambda/detection/records/read-facts';
import { RequestFacts } from '../../../../lambda/detection/records/request-facts';
import type { AuditEvent } from '../../../../lambda/kubernetes/audit-event';
import { UNKNOWN_CLUSTER } from '../../../../lambda/kubernetes/cluster';
import { readAuditEvent } from '../../../../lambda/kubernetes/read-audit-event';
import { sessionCaller, sessionRecordOf } from '../../../../lambda/kubernetes/session-record';
import { sightingsIn } from '../../../../lambda/store/fact-items';
import { sightingItem } from '../../../../lambda/store/table-schema';
import { quietCluster } from '../../../../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../../../../trail-writer/random';
import { allScenarios, itemOf } from '../../../scenario';

const FROM = Date.parse('2026-09-01T00:00:00Z');

function eventsIn(lines: Iterable<unknown>): AuditEvent[] {
  const read = [...lines].map((line) => readAuditEvent(line, UNKNOWN_CLUSTER));
  return read.filter((event) => event !== null && 'id' in event);
}

function byRecords(events: readonly AuditEvent[], now: number): string[] {
  const facts = new FactSet();
  for (const event of events) {
    const record = sessionRecordOf(event);
    if (record) readRecordInto(facts, record, WORKLOAD_KINDS, now);
  }
  return [...linesOf(facts)].sort();
}

function byRequests(events: readonly AuditEvent[], now: number): string[] {
  const facts = new FactSet();
  const requests = new RequestFacts(facts, WORKLOAD_KINDS, now);
  for (const event of events) {
    const caller = sessionCaller(event);
    if (caller !== null)
      requests.add({ caller, time: event.time, id: event.auditId, record: () => sessionRecordOf(event) });
  }
  return [...linesOf(facts)].sort();
}

describe('requests whose callers are read once state the facts of their records', () => {
  it('in all scenarios on clusters', () => {
    const events = eventsIn(allScenarios().flatMap(({ audit = [] }) => audit.map((item) => itemOf(item).line)));
    expect(byRequests(events, Infinity)).toEqual(byRecords(events, Infinity));
    expect(byRequests(events, Infinity).length).toBeGreaterThan(60);
  });

  it('which are read from a state file and from the table as they were', () => {
    const events = eventsIn(allScenarios().flatMap(({ audit = [] }) => audit.map((item) => itemOf(item).line)));
    const lines = byRecords(events, Infinity);
    const again = new FactSet();
    for (const line of lines) addLine(again, line);
    expect([...linesOf(again)].sort()).toEqual(lines);
    const stored = new FactSet();
    for (const { rows } of again.sessions.values())
      for (const { caller, seen } of rows.values())
        for (const { event, did } of seen) {
          const item = sightingItem({ fact: 'sighting', caller, did, event }, 'workload#1', 90);
          for (const fact of sightingsIn({ ...item, revision: 0 })) stored.add(fact);
        }
    const rowsOf = (facts: FactSet): string[] =>
      [...facts.sessions.values()].flatMap(({ rows }) => [...rows.values()].map(rowLine)).sort();
    expect(rowsOf(stored)).toEqual(rowsOf(again));
  });

  it('in an ordinary hour of a cluster, up to the present', () => {
    const hour = { nodes: 3, from: FROM, hours: 1, leaseSeconds: 60, scans: 5, deploys: 5 };
    const events = eventsIn(quietCluster(hour, seededRandom(1)));
    for (const now of [Infinity, FROM - 23.5 * 3_600_000, FROM - 48 * 3_600_000])
      expect(byRequests(events, now)).toEqual(byRecords(events, now));
  });
});
