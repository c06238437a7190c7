import { DEFAULT_KUBERNETES } from '../../../lambda/detection/model/kubernetes-settings';
import { ActSet } from '../../../lambda/kubernetes/act-set';
import type { KubernetesAct } from '../../../lambda/kubernetes/act';
import { composeActs } from '../../../lambda/kubernetes/compose-acts';
import { actsOf } from '../../../lambda/kubernetes/rules';
import { auditEvent } from './audit-records';

const START = Date.parse('2026-09-01T10:00:00Z');
const CONTEXT = {
  ownerOf: () => ({ ownership: 'unknown', account: null, region: null, why: 'the owner is not known' }) as const,
};

/** The nth list of pods without credentials on a day, one each second. */
function act(nth: number, changes: Readonly<Record<string, unknown>> = {}): KubernetesAct {
  const [made] = actsOf(
    auditEvent({
      auditID: `record-${nth}`,
      user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
      requestReceivedTimestamp: new Date(START + nth * 1000).toISOString(),
      ...changes,
    }),
    DEFAULT_KUBERNETES,
  );
  if (!made) throw new Error('no act');
  return made;
}

function findingOf(acts: readonly KubernetesAct[], set = new ActSet()) {
  for (const one of acts) set.add(one);
  const groups = [...set.groups()];
  expect(groups).toHaveLength(1);
  return composeActs(groups[0] ?? [], CONTEXT);
}

const MANY = Array.from({ length: 1_000 }, (_, nth) => act(nth));

test('of many acts the earliest and the latest are kept, in whatever order they come and however often', () => {
  const forward = findingOf(MANY);
  expect(forward).toMatchObject({
    calls: null,
    callsAtLeast: 200,
    firstSeen: '2026-09-01T10:00:00Z',
    lastSeen: '2026-09-01T10:16:39Z',
  });
  expect(forward?.events).toHaveLength(200);
  expect(forward?.events[199]?.id).toBe('record-199');
  for (const other of [MANY.toReversed(), [...MANY, ...MANY], [...MANY.slice(500), ...MANY.slice(0, 500)]])
    expect(findingOf(other)).toEqual(forward);
});

test('200 acts are counted exactly', () => {
  expect(findingOf(MANY.slice(0, 200))).toMatchObject({ calls: 200, callsAtLeast: null });
  expect(findingOf(MANY.slice(0, 201))).toMatchObject({ calls: null, callsAtLeast: 200 });
});

test('sets are merged into what one would have kept', () => {
  const [one, other] = [new ActSet(), new ActSet()];
  for (const [nth, each] of MANY.entries()) (nth % 3 === 0 ? one : other).add(each);
  one.merge(other);
  expect(findingOf([], one)).toEqual(findingOf(MANY));
});

test('hidden acts displace no others', () => {
  const shown = act(999, { sourceIPs: ['192.0.2.99'] });
  const set = new ActSet(({ source }) => source !== '192.0.2.99');
  findingOf([...MANY.slice(0, 900), shown], set);
  expect([...set.acts()].some(({ source }) => source === '192.0.2.99')).toBe(true);
});

test('a request that uses an audit id again is another one', () => {
  const [one, other] = [act(1, { auditID: 'same' }), act(2, { auditID: 'same' })];
  expect(findingOf([one, other])?.calls).toBe(2);
  expect(findingOf([one, one])?.calls).toBe(1);
});
