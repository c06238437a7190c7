import fc from 'fast-check';
import { ALL_GUARDRAILS, checkedGuardrails } from '../../../../guardrails/guardrail-settings';
import { DistinctCalls } from '../../../../lambda/detection/guardrails/distinct-calls';
import { isLike } from '../../../../lambda/detection/guardrails/policy-subject';
import { TrafficCheck } from '../../../../lambda/detection/guardrails/traffic-check';
import { call, HOME_ADDRESS, INSTANCE } from '../../records';
import { runs } from '../../../properties/property-runs';
import { recordsOf, trailPlans } from '../../../properties/trail-plan';

const NOBODY = () => false;

function oldCall(at: number, userAgent = 'old-sdk/1', instance = INSTANCE): object {
  const record = call('10:00', HOME_ADDRESS, { instance });
  const identity = record['userIdentity'] as { sessionContext: object };
  return {
    ...record,
    userAgent,
    eventID: `event-${at}`,
    userIdentity: { ...identity, sessionContext: { ...identity.sessionContext, ec2RoleDelivery: '1.0' } },
  };
}

function rowsOf(records: readonly unknown[]) {
  const check = new TrafficCheck(checkedGuardrails(ALL_GUARDRAILS, ['deny-imdsv1-keys']));
  for (const record of records) check.read(record);
  return check.breakages(NOBODY);
}

describe('the check of recorded traffic', () => {
  test('counts exactly up to 200 calls of one instance, and says that there were more', () => {
    const calls = Array.from({ length: 201 }, (_, at) => oldCall(at));
    expect(rowsOf(calls.slice(0, 200))).toMatchObject([{ count: 200, countIsLeast: false }]);
    expect(rowsOf([...calls, ...calls])).toMatchObject([{ count: 200, countIsLeast: true }]);
  });

  test('keeps few user agents, the same in any order, however many a caller makes up', () => {
    const calls = Array.from({ length: 100 }, (_, at) => oldCall(at, `agent-${String(at).padStart(3, '0')}`));
    const [row] = rowsOf(calls);
    expect(row?.userAgents).toEqual(['agent-000', 'agent-001', 'agent-002', 'agent-003', 'agent-004']);
    expect(rowsOf([...calls].reverse())).toEqual([row]);
  });

  test('names the smallest few of what was called, from where, and says how many instances it left out', () => {
    const numbers = Array.from({ length: 25 }, (_, at) => String(at).padStart(2, '0'));
    const calls = numbers.map((at) => ({
      ...oldCall(Number(at), `agent-${at} ${'x'.repeat(200)}`, `i-0a11ce000000000${at}`),
      eventName: `Get${at}`,
      eventTime: `2026-09-01T10:00:${at}Z`,
    }));
    for (const order of [calls, calls.toReversed(), [...calls.slice(12), ...calls.slice(0, 12)]]) {
      const [row, ...others] = rowsOf(order);
      expect(others).toEqual([]);
      expect(row).toMatchObject({
        workloads: numbers.slice(0, 20).map((at) => `i-0a11ce000000000${at}`),
        workloadsLeftOut: 5,
        actions: numbers.slice(0, 10).map((at) => `Get${at}`),
        userAgents: numbers.slice(0, 5).map((at) => `agent-${at} ${'x'.repeat(111)}`),
        count: 25,
        countIsLeast: false,
        firstSeen: '2026-09-01T10:00:00Z',
        lastSeen: '2026-09-01T10:00:24Z',
      });
    }
    expect(rowsOf(calls.slice(0, 20))).toMatchObject([{ workloadsLeftOut: 0 }]);
  });

  test('lists guardrails in their order, suspects last, then by certainty, number and name', () => {
    const launch = (role: string, extra: object = {}) => ({
      ...call('10:00', HOME_ADDRESS, { source: 'ec2.amazonaws.com', name: 'RunInstances' }),
      userIdentity: { type: 'AssumedRole', arn: `arn:aws:sts::111122223333:assumed-role/${role}/x` },
      ...extra,
    });
    const certain = { requestParameters: { metadataOptions: { httpTokens: 'optional' } } };
    const check = new TrafficCheck(checkedGuardrails(ALL_GUARDRAILS, ['deny-imdsv1-keys', 'launch-requires-imdsv2']));
    const suspect = 'i-0a11ce00000000009';
    const records = [
      launch('b'),
      launch('a'),
      launch('c'),
      launch('c'),
      launch('z', certain),
      oldCall(1),
      oldCall(2, 'cli', suspect),
    ];
    for (const record of records) check.read(record);
    const rows = check.breakages(({ id }) => id === suspect);
    expect(rows.map(({ certainty, suspected, principal, count }) => [certainty, suspected, principal, count])).toEqual([
      ['certain', false, 'z', 1],
      ['likely', false, 'c', 2],
      ['likely', false, 'a', 1],
      ['likely', false, 'b', 1],
      ['certain', false, 'orders', 1],
      ['certain', true, 'orders', 1],
    ]);
  });

  test.each([
    ['what was refused', { errorCode: 'Client.UnauthorizedOperation' }, 0],
    ['what failed otherwise', { errorCode: 'ThrottlingException' }, 1],
    ['what STS always allows', { eventSource: 'sts.amazonaws.com', eventName: 'GetCallerIdentity' }, 0],
    ['another call of STS', { eventSource: 'sts.amazonaws.com', eventName: 'GetSessionToken' }, 1],
    ['a call of that name to another service', { eventSource: 'ssm.amazonaws.com', eventName: 'GetCallerIdentity' }, 1],
    ['no user agent', { userAgent: null }, 1],
  ])('rows for %s: %p', (_, change, rows) => {
    expect(rowsOf([{ ...oldCall(1), ...change }])).toHaveLength(rows);
  });

  test.each([null, 1, 'x', [], {}, { eventName: 'RunInstances' }, { userIdentity: { arn: 7 }, eventSource: [] }])(
    'takes %j for nobody’s call',
    (value) => {
      expect(rowsOf([value])).toEqual([]);
    },
  );

  test('never throws, and says the same in any order, of any trail', () => {
    fc.assert(
      fc.property(trailPlans({ amended: true }), (plan) => {
        const records = recordsOf(plan);
        const check = (given: readonly unknown[]) => {
          const traffic = new TrafficCheck(checkedGuardrails(ALL_GUARDRAILS));
          for (const record of given) traffic.read(record);
          return traffic.breakages(NOBODY);
        };
        const sums = (given: readonly unknown[]) =>
          check(given).map(({ guardrail, certainty, principal, service }) =>
            [guardrail, certainty, principal, service].join(' '),
          );
        expect(sums([...records].reverse()).sort()).toEqual(sums(records).sort());
      }),
      runs(25),
    );
  });

  test('tells distinct calls apart by their ids', () => {
    const calls = new DistinctCalls();
    for (let at = 0; at < 200; at += 1) calls.add(`7bf73129-1428-4cd3-a780-${String(at).padStart(12, '0')}`, at);
    expect([calls.count, calls.more, calls.first, calls.last]).toEqual([200, false, 0, 199]);
  });
});

describe('patterns of roles', () => {
  test.each([
    ['arn:aws:iam::111122223333:role/ops/fixer', 'arn:aws:iam::*:role/ops/*', true],
    ['arn:aws:iam::111122223333:role/fixer', 'arn:aws:iam::*:role/ops/*', false],
    ['deployer', 'deploy?r', true],
    ['deployer-2', 'deployer', false],
    ['a.b', 'a?b', true],
    ['axb', 'a.b', false],
    ['a+b', 'a+b', true],
  ])('%s is like %s: %j', (text, pattern, expected) => {
    expect(isLike(text, pattern)).toBe(expected);
  });
});
