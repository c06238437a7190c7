import type { Heartbeat } from '../../../lambda/store/heartbeats';
import { silencesIn } from '../../../lambda/watching/silence';

const NOW = Date.parse('2026-09-20T12:00:00Z');
const HOUR = 3_600_000;
const SETTINGS = { silenceHours: 24, organizationAccounts: [] };
const ACCOUNT = '111122223333';

/** Heard for ten days, last so many hours ago. */
function heard(hoursAgo: number, change: Partial<Heartbeat> = {}): Heartbeat {
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
  ['who was not heard for a day', heard(24), {}, 24],
  ['who was not heard for a week', heard(168), {}, 168],
  ['who was not heard for as long as is asked', heard(3, { longestPause: HOUR }), { silenceHours: 3 }, 3],
  ['who is quiet for twice as long as ever', heard(60, { longestPause: 30 * HOUR }), {}, 60],
  ['an account of the organisation', heard(30), { organizationAccounts: [ACCOUNT] }, 30],
])('silent: %s', (_who, heartbeat, settings, hours) => {
  const { sources, kinds } = silencesIn([heartbeat], { ...SETTINGS, ...settings }, NOW);
  expect(sources).toEqual([{ account: ACCOUNT, region: 'eu-west-1', kind: 'any', last: heartbeat.last, hours }]);
  expect(kinds).toEqual([]);
});

test.each<[string, Heartbeat, object]>([
  ['who was heard within the day', heard(23.9), {}],
  ['who was quiet for longer than a week: it was told', heard(168.1), {}],
  ['who was heard once', heard(30, { since: iso(NOW - 30 * HOUR) }), {}],
  ['who was heard for less than a day', heard(30, { since: iso(NOW - 53 * HOUR) }), {}],
  ['who rests as over any weekend', heard(62, { longestPause: 62 * HOUR }), {}],
  ['whoever it is, where silence is not asked for', heard(100), { silenceHours: 0 }],
  ['an account that has left the organisation', heard(30), { organizationAccounts: ['444455556666'] }],
  ['canaries, which are missed by themselves', heard(30, { kind: 'canary' }), {}],
])('not: %s', (_who, heartbeat, settings) => {
  expect(silencesIn([heartbeat], { ...SETTINGS, ...settings }, NOW)).toEqual({ sources: [], kinds: [] });
});

test('a kind is told where others are still heard, and not besides its silent source', () => {
  const kind = heard(30, { kind: 'ecs-task' });
  expect(silencesIn([heard(1), kind], SETTINGS, NOW)).toMatchObject({ sources: [], kinds: [{ kind: 'ecs-task' }] });
  expect(silencesIn([heard(30), kind], SETTINGS, NOW)).toMatchObject({ sources: [{ kind: 'any' }], kinds: [] });
  const elsewhere = heard(30, { region: 'us-east-1' });
  expect(silencesIn([elsewhere, heard(1), kind], SETTINGS, NOW)).toMatchObject({
    sources: [{ region: 'us-east-1' }],
    kinds: [{ region: 'eu-west-1' }],
  });
});
