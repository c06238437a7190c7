import { factsOf } from '../scenario';
import { detectIn, textOf } from './findings';
import { recordsOf, type Echo, type Part } from './trail-plan';

/** Trails whose findings once depended on the order of their records; properties found them. */
const TRAILS: readonly (readonly [what: string, parts: readonly Part[]])[] = [
  [
    'which account an address belongs to, where workloads of two others call from it',
    [
      part('contested/two-aws-addresses-with-equal-claims', {}),
      part('own-address/with-a-new-tool', { account: '777788889999', home: '198.51.100.96' }),
      part('own-address/with-a-new-tool', { account: '222233334444', home: '198.51.100.96' }),
    ],
  ],
  [
    'two changes that an attacker made in one second',
    [part('evasion/attacker-starts-the-instance', { echoes: [echo(1, {}), echo(2, {}), echo(3, {})] })],
  ],
  [
    'two fleets that moved from two addresses to one',
    [
      part('group/fleet-moved-to-new-address', {}),
      part('group/fleet-moved-to-new-address', { home: '198.51.100.99', salt: 1 }),
    ],
  ],
  [
    'whose endpoint it is, where only the updated record says so',
    [
      part('endpoint/own-used-by-neighbour-instance', {
        echoes: [0, 1, 2, 3].map((of) => ({ ...echo(of, { vpcEndpointAccountId: null }), amends: true })),
      }),
    ],
  ],
  [
    'what a call was, where the updated record says otherwise and names the endpoint’s owner',
    [
      part('endpoint/own-used-by-neighbour-instance', {
        echoes: [0, 1, 2, 3].map((of) => ({
          ...echo(of, { vpcEndpointAccountId: null, errorCode: 'AccessDenied' }),
          amends: true,
        })),
      }),
    ],
  ],
  [
    'what a chained session did from two places',
    [
      part('evasion/attacker-associates-through-a-chained-role', {
        echoes: [echo(2, { sourceIPAddress: '192.0.2.77', eventName: 'DescribeInstances' })],
      }),
    ],
  ],
];

function part(scenario: string, given: Partial<Part>): Part {
  return { scenario, account: '111122223333', home: '198.51.100.10', salt: 0, fleet: 1, echoes: [], ...given };
}

function echo(of: number, changed: Echo['changed']): Echo {
  return { of, changed, later: 0, times: 1, amends: false };
}

describe('records in any order say the same of', () => {
  it.each(TRAILS)('%s', (_what, parts) => {
    const records = recordsOf({ parts, seconds: 1 });
    const plain = detectIn(factsOf(records));
    expect(plain.findings).not.toEqual([]);
    for (const at of records.keys()) {
      const turned = [...records.slice(at), ...records.slice(0, at)];
      for (const other of [turned, turned.toReversed()]) expect(textOf(detectIn(factsOf(other)))).toBe(textOf(plain));
    }
    const ids = plain.findings.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
