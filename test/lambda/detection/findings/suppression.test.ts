import type { Suppression } from '../../../../lambda/detection/model/settings';
import { ACCOUNT, OTHER_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const OUTSIDE = '192.0.2.66';

/** Shown and suppressed findings of a theft at 10:00 under one suppression. */
function under(
  one: Partial<Suppression>,
  more: (trail: Trail) => Trail = (trail) => trail,
): [shown: number, suppressed: number] {
  const suppressions = [{ reason: 'export', owner: 'security', expires: '2026-12-31', ...one }];
  const { findings, suppressed } = more(
    new Trail({ suppressions }).calls('i-1', HOME, '08:00').calls('i-1', OUTSIDE, '10:00'),
  ).detected();
  return [findings.length, suppressed.length];
}

const HIDDEN = [0, 1];
const SHOWN = [1, 0];

describe('a suppression', () => {
  it.each<[string, Partial<Suppression>, readonly number[]]>([
    ['account', { account: ACCOUNT }, HIDDEN],
    ['another account', { account: OTHER_ACCOUNT }, SHOWN],
    ['workload', { workload: 'i-1' }, HIDDEN],
    ['another workload', { workload: 'i-2' }, SHOWN],
    ['role', { role: 'orders-api' }, HIDDEN],
    ['another role', { role: 'billing' }, SHOWN],
    ['role by ARN', { role: `arn:aws:iam::${ACCOUNT}:role/team/orders-api` }, HIDDEN],
    ['role by ARN of another account', { role: `arn:aws:iam::${OTHER_ACCOUNT}:role/orders-api` }, SHOWN],
    ['network', { cidr: '192.0.2.64/29' }, HIDDEN],
    ['another network', { cidr: '192.0.2.0/29' }, SHOWN],
    ['type', { types: ['InsideAWS', 'OutsideAWS'] }, HIDDEN],
    ['another type', { types: ['InsideAWS'] }, SHOWN],
    ['no type in particular', { types: [], workload: 'i-1' }, HIDDEN],
    [
      'all of it',
      { account: ACCOUNT, workload: 'i-1', role: 'orders-api', cidr: '192.0.2.0/24', types: ['OutsideAWS'] },
      HIDDEN,
    ],
    [
      'all but one',
      { account: ACCOUNT, workload: 'i-1', role: 'orders-api', cidr: '192.0.2.0/24', types: ['InsideAWS'] },
      SHOWN,
    ],
  ])('fits by %s', (_what, one, expected) => {
    expect(under(one)).toEqual(expected);
  });

  it('ends with its day: what was first seen then is shown', () => {
    expect(under({ workload: 'i-1', expires: '2026-09-01T10:00:01Z' })).toEqual(HIDDEN);
    expect(under({ workload: 'i-1', expires: '2026-09-01T10:00:00Z' })).toEqual(SHOWN);
    expect(under({ workload: 'i-1', expires: '2026-09-01' })).toEqual(SHOWN);
  });

  it('of one role does not hide what was done with another', () => {
    const both = (trail: Trail) => trail.calls('i-1', OUTSIDE, '10:30', { role: 'billing' });
    expect(under({ role: 'orders-api' }, both)).toEqual(SHOWN);
    expect(under({ workload: 'i-1' }, both)).toEqual(HIDDEN);
  });

  it('of a network hides nothing without an address', () => {
    const service = (trail: Trail) => trail.calls('i-1', 'glue.amazonaws.com', '11:00');
    expect(under({ cidr: '0.0.0.0/0' }, service)).toEqual([1, 1]);
  });

  it('is tried one after the other', () => {
    const suppressions = ['i-2', 'i-1'].map((workload) => ({
      workload,
      reason: 'r',
      owner: 'o',
      expires: '2026-12-31',
    }));
    const trail = new Trail({ suppressions }).calls('i-1', HOME, '08:00').calls('i-1', OUTSIDE, '10:00');
    expect(trail.detected().suppressed).toHaveLength(1);
  });

  describe('of groups', () => {
    const fleet = (one: Partial<Suppression>) => {
      const suppressions = [
        { reason: 'r', owner: 'o', expires: '2026-12-31', types: ['UndeclaredEgress' as const], ...one },
      ];
      const trail = new Trail({ suppressions });
      for (let index = 0; index < 5; index += 1)
        trail.calls(`i-${index}`, OUTSIDE, '10:00', { account: index === 0 ? OTHER_ACCOUNT : ACCOUNT });
      const { findings, suppressed } = trail.detected();
      return [findings.length, suppressed.length];
    };

    it('fits where it fits every member', () => {
      expect(fleet({})).toEqual(HIDDEN);
      expect(fleet({ role: 'orders-api' })).toEqual(HIDDEN);
      expect(fleet({ account: ACCOUNT })).toEqual(SHOWN);
      expect(fleet({ workload: 'i-1' })).toEqual(SHOWN);
    });
  });
});
