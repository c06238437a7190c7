import { EgressPools, type EgressPool } from '../../../../lambda/detection/judge/egress-pools';

interface Use {
  readonly place: string;
  readonly uses?: readonly string[];
  readonly alternates?: boolean;
  readonly times?: number;
}

function poolsOf(...uses: readonly Use[]): EgressPools {
  const pools = new EgressPools(3);
  for (const [at, { place, uses: others = [], alternates = others.length > 0, times = 1 }] of uses.entries())
    for (let count = 0; count < times; count += 1)
      pools.add({ key: `${at}/${count}`, place, hours: 6, uses: others, alternates });
  return pools;
}

function shown(pool: EgressPool | null): { addresses: string[]; workloads: number } | null {
  return pool && { addresses: [...pool.addresses].sort(), workloads: pool.workloads };
}

describe('addresses that workloads use in turn', () => {
  it('are those of a NAT gateway with two addresses', () => {
    const pools = poolsOf({ place: 'a', uses: ['b'], times: 2 }, { place: 'b', uses: ['a'] });
    expect(shown(pools.at('a'))).toEqual({ addresses: ['a', 'b'], workloads: 3 });
    expect(pools.at('b')).toBe(pools.at('a'));
  });

  it('are not two that two workloads use', () => {
    expect(poolsOf({ place: 'a', uses: ['b'] }, { place: 'b', uses: ['a'] }).at('a')).toBeNull();
  });

  it('need a workload anchored at each, or five that all use both', () => {
    expect(poolsOf({ place: 'a', uses: ['b'], times: 4 }).at('a')).toBeNull();
    expect(shown(poolsOf({ place: 'a', uses: ['b'], times: 5 }).at('a'))).toEqual({
      addresses: ['a', 'b'],
      workloads: 5,
    });
    expect(poolsOf({ place: 'a', uses: ['b'], times: 5 }, { place: 'a' }).at('a')).toBeNull();
  });

  it('are not those between which a few of many workloads change', () => {
    const stolen = [
      { place: 'a', uses: ['x'], times: 3 },
      { place: 'x', uses: ['a'], times: 2 },
    ];
    expect(poolsOf({ place: 'a', times: 10 }, ...stolen).at('x')).toBeNull();
    expect(shown(poolsOf({ place: 'a', times: 5 }, ...stolen).at('x'))).toEqual({
      addresses: ['a', 'x'],
      workloads: 5,
    });
  });

  it('leave out an address that far fewer workloads use', () => {
    const pools = poolsOf(
      { place: 'a', uses: ['b'], times: 10 },
      { place: 'b', uses: ['a'], times: 10 },
      { place: 'a', uses: ['b', 'x'], times: 2 },
      { place: 'x', uses: ['a', 'b'], times: 2 },
    );
    expect(shown(pools.at('a'))?.addresses).toEqual(['a', 'b']);
    expect(pools.at('x')).toBeNull();
  });

  it('have one at which no workload was first seen, if nearly all use it', () => {
    const by = (share: number) =>
      poolsOf(
        { place: 'a', uses: ['b', 'c'], times: share },
        { place: 'a', uses: ['b'], times: 10 - share },
        { place: 'b', uses: ['a', 'c'], times: share },
        { place: 'b', uses: ['a'], times: 10 - share },
      );
    expect(shown(by(9).at('a'))?.addresses).toEqual(['a', 'b', 'c']);
    expect(shown(by(8).at('a'))?.addresses).toEqual(['a', 'b']);
  });

  it('do not count a workload that was hardly seen', () => {
    const pools = new EgressPools(3);
    for (const key of ['1', '2', '3']) pools.add({ key, place: 'a', hours: 2, uses: ['b'], alternates: true });
    pools.add({ key: '4', place: 'b', hours: 2, uses: ['a'], alternates: true });
    for (let count = 0; count < 20; count += 1)
      pools.add({ key: `short/${count}`, place: 'b', hours: 3, uses: [], alternates: false });
    expect(pools.at('a')?.workloads).toBe(4);
  });

  it('are looked for among all addresses that their workloads lead to', () => {
    const pools = poolsOf({ place: 'a', uses: ['b'] }, { place: 'b', uses: ['c'] }, { place: 'd', uses: ['a'] });
    expect([...pools.around('a')]).toEqual(['a', 'b', 'c']);
  });
});
