import fc from 'fast-check';
import { ALL_GUARDRAILS, checkedGuardrails } from '../../../../guardrails/guardrail-settings';
import { DistinctCalls } from '../../../../lambda/detection/guardrails/distinct-calls';
import { isLike } from '../../../../lambda/detection/guardrails/policy-subject';
import { TrafficCheck } from '../../../../lambda/detection/guardrails/traffic-check';
import { call, HOME_ADDRESS } from '../../records';
import { runs } from '../../../properties/property-runs';
import { recordsOf, trailPlans } from '../../../properties/trail-plan';

const NOBODY = () => false;

function oldCall(at: number, userAgent = 'old-sdk/1'): object {
  const record = call('10:00', HOME_ADDRESS);
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
