import type { Heartbeat } from '../../../lambda/store/heartbeats';
import { sourcesWithoutEvents } from '../../../lambda/watching/sources-without-events';

const NOW = Date.parse('2026-09-20T12:00:00Z');
const HOUR = 3_600_000;
const SETTINGS = { noEventsHours: 24, organizationAccounts: [] };
const ACCOUNT = '111122223333';

/** A source that sent events for ten days, the last so many hours ago. */
function source(hoursAgo: number, change: Partial<Heartbeat> = {}): Heartbeat {
  const last = NOW - hoursAgo * HOUR;
  return {
    account: ACCOUNT,
    region: 'eu-west-1',
    kind: 'any',
    since: iso(last - 240 * HOUR),
    last: iso(last),
    longestPause: 2 * HOUR,
    readEvents: null,
    proof: null,
    ...change,
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

test.each<[string, Heartbeat, object, number]>([
  ['after a day', source(24), {}, 24],
  ['after a week', source(168), {}, 168],
  ['after the hours that are set', source(3, { longestPause: HOUR }), { noEventsHours: 3 }, 3],
  ['after twice its longest pause', source(60, { longestPause: 30 * HOUR }), {}, 60],
  ['in an account of the organization', source(30), { organizationAccounts: [ACCOUNT] }, 30],
])('a source without events is reported %s', (_when, heartbeat, settings, hours) => {
  const { sources, kinds } = sourcesWithoutEvents([heartbeat], { ...SETTINGS, ...settings }, NOW);
  expect(sources).toEqual([{ account: ACCOUNT, region: 'eu-west-1', kind: 'any', last: heartbeat.last, hours }]);
  expect(kinds).toEqual([]);
});

test.each<[string, Heartbeat, object]>([
  ['with events within the day', source(23.9), {}],
  ['without events for longer than a week: it was reported', source(168.1), {}],
  ['with a single event', source(30, { since: iso(NOW - 30 * HOUR) }), {}],
  ['that sent events for less than a day', source(30, { since: iso(NOW - 53 * HOUR) }), {}],
  ['with a pause like its last one', source(62, { longestPause: 62 * HOUR }), {}],
  ['of any kind, if the setting is 0', source(100), { noEventsHours: 0 }],
  ['in an account that left the organization', source(30), { organizationAccounts: ['444455556666'] }],
  ['of canaries, which have their own alarm', source(30, { kind: 'canary' }), {}],
])('a source %s is not reported', (_when, heartbeat, settings) => {
  expect(sourcesWithoutEvents([heartbeat], { ...SETTINGS, ...settings }, NOW)).toEqual({ sources: [], kinds: [] });
});

test('a kind is reported where others still send events, and not besides its source', () => {
  const kind = source(30, { kind: 'ecs-task' });
  expect(sourcesWithoutEvents([source(1), kind], SETTINGS, NOW)).toMatchObject({
    sources: [],
    kinds: [{ kind: 'ecs-task' }],
  });
  expect(sourcesWithoutEvents([source(30), kind], SETTINGS, NOW)).toMatchObject({
    sources: [{ kind: 'any' }],
    kinds: [],
  });
  const elsewhere = source(30, { region: 'us-east-1' });
  expect(sourcesWithoutEvents([elsewhere, source(1), kind], SETTINGS, NOW)).toMatchObject({
    sources: [{ region: 'us-east-1' }],
    kinds: [{ region: 'eu-west-1' }],
  });
});
