import { EgressPools, OBSERVED_HOURS } from '../../../../lambda/detection/judge/egress-pools';
import type { WorkloadKey } from '../../../../lambda/detection/model/workload';

/** So many workloads that were first seen at a place, and the other places that each uses; in turn by default. */
interface Group {
  readonly count: number;
  readonly at: string;
  readonly uses?: string;
  readonly alternates?: boolean;
  readonly hours?: number;
}

function poolsOf(groups: readonly Group[], minimumWorkloads = 3): EgressPools {
  const pools = new EgressPools(minimumWorkloads);
  for (const [group, { count, at: place, uses = '', alternates = true, hours = 1 }] of groups.entries())
    for (let member = 0; member < count; member += 1) {
      const key: WorkloadKey = `aws/111122223333/ec2-instance/i-${group}-${member}`;
      pools.add({ key, place, uses: [...uses], alternates, hours });
    }
  return pools;
}

/** `ABC by 6` for a pool of three places that six workloads use in turn. */
function pool(groups: readonly Group[], place = 'A', minimumWorkloads = 3): string | null {
  const found = poolsOf(groups, minimumWorkloads).at(place);
  return found && `${[...found.addresses].sort().join('')} by ${found.workloads}`;
}

const A = (count: number, uses = 'B', over: Partial<Group> = {}): Group => ({ count, at: 'A', uses, ...over });
const B = (count: number, uses = 'A', over: Partial<Group> = {}): Group => ({ count, at: 'B', uses, ...over });
const STILL = { alternates: false, hours: OBSERVED_HOURS };
const HARDLY_SEEN = { alternates: false, hours: OBSERVED_HOURS - 1 };

describe('places of egress are one pool', () => {
  it.each<[string, readonly Group[], string | null]>([
    ['where workloads of each use the other', [A(2), B(1)], 'AB by 3'],
    ['not where fewer do', [A(1), B(1)], null],
    ['where half of those observed change', [A(2), B(1), A(3, '', STILL)], 'AB by 3'],
    ['not where fewer than half do', [A(2), B(1), A(4, '', STILL)], null],
    ['whatever those do that were hardly seen', [A(2), B(1), A(9, '', HARDLY_SEEN)], 'AB by 3'],
    ['not by those that went once', [A(3, 'B', STILL), B(3, 'A', STILL)], null],
    ['of three in a row', [A(2), B(2, 'AC'), { count: 2, at: 'C', uses: 'B' }], 'ABC by 6'],
    [
      'without one that far fewer use',
      [A(8), B(8, 'AC'), { count: 3, at: 'C', uses: 'B', ...HARDLY_SEEN }],
      'ABC by 16',
    ],
    ['without one where none of the others is', [A(4, 'B'), B(4, 'A'), A(1, 'C')], 'AB by 9'],
    ['with one that nearly all use', [A(10, 'BC'), B(9, 'AC'), B(1, 'A')], 'ABC by 20'],
    ['without one that fewer than nearly all use', [A(10, 'BC'), B(7, 'AC'), B(3, 'A')], 'AB by 20'],
    [
      'without one whose own workloads never use the others',
      [A(6, 'BC'), B(6, 'AC'), { count: 3, at: 'C' }],
      'AB by 12',
    ],
    ['not of one place alone', [A(9, '')], null],
    ['of a first one and another, if five use both', [A(5)], 'AB by 5'],
    ['not if four do', [A(4)], null],
    ['not where one of two is used by one', [A(5, ''), A(1), B(1)], null],
    [
      'not with a place that is named nowhere',
      [
        { count: 6, at: 'C', uses: 'D' },
        { count: 6, at: 'D', uses: 'C' },
      ],
      null,
    ],
  ])('%s', (_, groups, expected) => {
    expect(pool(groups)).toBe(expected);
  });

  it('by the number that the settings ask for', () => {
    expect([pool([A(3), B(3)], 'B', 6), pool([A(3), B(2)], 'B', 6)]).toEqual(['AB by 6', null]);
    expect([pool([A(6)], 'A', 6), pool([A(5)], 'A', 6)]).toEqual(['AB by 6', null]);
  });

  it('also after they were asked about', () => {
    const pools = poolsOf([A(2)]);
    expect(pools.at('A')).toBeNull();
    for (const key of ['aws/1/ec2-instance/x', 'aws/1/ec2-instance/y'] as const)
      pools.add({ key, place: 'B', uses: ['A'], alternates: true, hours: 1 });
    expect(pools.at('A')?.workloads).toBe(4);
    expect(pools.at('A')).toBe(pools.at('B'));
  });

  it('and are looked for around a place, as far as uses lead', () => {
    const pools = poolsOf([A(1, 'BX'), B(1, 'C'), { count: 1, at: 'C', uses: 'D' }, { count: 1, at: 'E', uses: 'A' }]);
    expect([...pools.around('A')].sort().join('')).toBe('ABCDX');
    expect([...pools.around('Z')]).toEqual(['Z']);
  });
});
