import fc from 'fast-check';
import { ObservedRequests, SessionRequests } from '../../../lambda/observing-kubernetes/session-requests';
import { auditEvent } from '../kubernetes/audit-records';

const at = (time: string, over: Readonly<Record<string, unknown>> = {}) =>
  auditEvent({ requestReceivedTimestamp: `2026-09-01T${time}Z`, ...over });

function taken(requests: SessionRequests): string[] {
  return requests.records().map(({ eventId, time }) => `${eventId} ${new Date(time).toISOString().slice(11, 19)}`);
}

describe('the requests of sessions in an object', () => {
  it('are the earliest of each hour', () => {
    const requests = new SessionRequests(new ObservedRequests());
    for (const time of ['10:30:00', '10:20:00', '11:00:00', '10:40:00']) requests.add(at(time, { auditID: 'a' }));
    expect(taken(requests)).toEqual(['a 10:20:00', 'a 11:00:00']);
  });

  it('are those of each address, session, key, name and cluster', () => {
    const requests = new SessionRequests(new ObservedRequests());
    const user = (over: object, arn = 'arn:aws:sts::111122223333:assumed-role/Admin/ana') => ({
      user: { username: 'ana', extra: { arn: [arn], accessKeyId: ['ASIA1'], ...over } },
    });
    requests.add(at('10:00:00', user({})));
    requests.add(at('10:00:01', { ...user({}), sourceIPs: ['198.51.100.8'] }));
    requests.add(at('10:00:02', user({ accessKeyId: ['ASIA2'] })));
    requests.add(at('10:00:03', user({}, 'arn:aws:sts::111122223333:assumed-role/Admin/bob')));
    requests.add({ ...at('10:00:04', user({})), cluster: { ...at('10:00:04').cluster, account: '444455556666' } });
    requests.add({ ...at('10:00:05', user({})), user: { ...at('10:00:05', user({})).user, username: 'other' } });
    expect(requests.records()).toHaveLength(6);
  });

  it('of users without an AWS identity, and without an address, are none', () => {
    const requests = new SessionRequests(new ObservedRequests());
    requests.add(at('10:00:00', { user: { username: 'system:kube-scheduler' } }));
    requests.add(at('10:00:00', { sourceIPs: ['unknown'] }));
    expect([requests.size, requests.records()]).toEqual([0, []]);
  });

  it('are known once they are observed, and not before', () => {
    const observed = new ObservedRequests();
    const first = new SessionRequests(observed);
    first.add(at('10:10:00'));
    const meanwhile = new SessionRequests(observed);
    meanwhile.add(at('10:20:00'));
    expect(meanwhile.size).toBe(1);
    first.done();
    expect(first.size).toBe(0);
    const later = new SessionRequests(observed);
    later.add(at('10:20:00'));
    expect(later.size).toBe(0);
    later.add(at('10:09:59'));
    expect(later.size).toBe(1);
  });

  it('are forgotten where there are too many, and read again', () => {
    const observed = new ObservedRequests(2);
    for (const time of ['10:00:00', '11:00:00', '12:00:00']) observed.add(time, at(time));
    expect(['10:00:00', '11:00:00', '12:00:00'].map((time) => observed.covers(time, at(time)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('are the same in any order and number of objects', () => {
    const event = fc
      .record({ minute: fc.nat(119), id: fc.constantFrom('a', 'b', 'c'), ip: fc.constantFrom('10.0.0.1', '10.0.0.2') })
      .map(({ minute, id, ip }) => {
        const time = `1${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}:00`;
        return at(time, { auditID: id, sourceIPs: [ip] });
      });
    const order = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.nat(12), (events, cut) => {
        const whole = new SessionRequests(new ObservedRequests());
        for (const one of events.toReversed()) whole.add(one);
        const observed = new ObservedRequests();
        const parts = [events.slice(0, cut), events.slice(cut)].map((some) => {
          const part = new SessionRequests(observed);
          for (const one of some) part.add(one);
          const records = part
            .records()
            .map((record) => ({ key: `${record.source?.ip}`, text: `${record.time} ${record.eventId}` }));
          part.done();
          return records;
        });
        const least = new Map<string, string>();
        for (const { key, text } of parts.flat().sort((a, b) => order(a.text, b.text))) {
          const hour = `${key} ${Math.floor(Number(text.split(' ')[0]) / 3_600_000)}`;
          if (!least.has(hour)) least.set(hour, text);
        }
        const expected = whole.records().map((record) => `${record.time} ${record.eventId}`);
        expect([...least.values()].sort(order)).toEqual(expected.sort(order));
      }),
      { numRuns: 200 },
    );
  });
});
