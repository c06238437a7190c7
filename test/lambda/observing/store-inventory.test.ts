import { inventoryFacts, type Inventory } from '../../../lambda/detection/network/inventory';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import { kindsNamed } from '../../../lambda/detection/kinds/all-kinds';
import type { Workload } from '../../../lambda/detection/model/workload';
import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { partition } from '../../../lambda/store/table-schema';
import type { LockTable } from '../../../lambda/store/lock-table';
import { observeRecords } from '../../../lambda/observing/observe-records';
import { type ObserveContext } from '../../../lambda/observing/observing-context';
import { factsIn } from '../../../lambda/store/fact-items';
import { storeInventory } from '../../../lambda/observing/store-inventory';
import { call, HOME_ADDRESS, INSTANCE, SHOP } from '../records';

const NOW = Date.parse('2026-09-01T12:00:00Z');
const YEARS_AGO = Date.parse('2020-01-01T00:00:00Z');

/** An instance of years ago with an address AWS chose. */
const INVENTORY: Inventory = {
  partition: 'aws',
  account: SHOP,
  region: 'eu-west-1',
  askedAt: NOW,
  recordedSince: null,
  instances: [
    {
      id: INSTANCE,
      vpcId: 'vpc-1',
      launched: YEARS_AGO,
      sourceDestCheck: true,
      eksNode: false,
      interfaces: [
        {
          eniId: 'eni-1',
          attachmentId: 'attach-1',
          vpcId: 'vpc-1',
          subnetId: null,
          privateIps: ['10.0.0.5'],
          ipv6: [],
          prefixes: [],
          primaryIp: '10.0.0.5',
          attached: YEARS_AGO,
          automaticIp: HOME_ADDRESS,
        },
      ],
    },
  ],
  addresses: [],
  natGateways: [],
  endpoints: [{ id: 'vpce-1', vpcId: 'vpc-1', created: YEARS_AGO }],
};
const FACTS = inventoryFacts(INVENTORY);

function observing(
  table: LockTable = memoryLockTable(),
  over: Partial<ObserveContext> = {},
): ObserveContext & { asked: Workload[] } {
  const asked: Workload[] = [];
  return {
    table,
    settings: DEFAULT_SETTINGS,
    ipRanges: null,
    kinds: kindsNamed(DEFAULT_SETTINGS.workloads),
    seen: new Map(),
    requestConfirm: (workload) => Promise.resolve(void asked.push(workload)),
    now: NOW,
    asked,
    ...over,
  };
}

test('facts of long ago are kept as long as those of today, under all they name', async () => {
  const bench = observing();
  expect(await storeInventory(FACTS, bench)).toMatchObject({ stored: 4, failed: [] });
  const entities = [
    `instance/${SHOP}/${INSTANCE}`,
    'eni/eni-1',
    `ip/${HOME_ADDRESS}`,
    'private/vpc-1/10.0.0.5',
    'endpoint/vpce-1',
  ];
  for (const entity of entities) {
    const items = await bench.table.query(partition.entity(entity));
    expect(items.length).toBeGreaterThan(0);
    expect(Math.min(...items.map(({ expires }) => expires))).toBeGreaterThan(NOW / 1_000 + 400 * 86_400);
  }
  const [item] = await bench.table.query(partition.entity('endpoint/vpce-1'));
  expect(factsIn(item ? [item] : [])).toEqual(FACTS.slice(-1));
});

test('stored again, they write nothing', async () => {
  const table = memoryLockTable();
  await storeInventory(FACTS, observing(table));
  const kept: boolean[] = [];
  const noting: LockTable = {
    ...table,
    keep: async (item) => (kept.push(await table.keep(item)), kept.at(-1) ?? false),
  };
  await storeInventory(FACTS, observing(noting));
  expect(new Set(kept)).toEqual(new Set([false]));
});

test('workloads that are judged by what they name are judged again, and the suspicious asked for', async () => {
  const table = memoryLockTable();
  const before = observing(table);
  const records = [call('10:00', '198.51.100.90'), call('11:00', HOME_ADDRESS)];
  await observeRecords([{ id: 1, records }], before);
  const after = observing(table);
  expect(await storeInventory(FACTS, after)).toMatchObject({ judged: 2, asked: 1 });
  expect(after.asked).toMatchObject([{ id: INSTANCE }]);
});

test('one that cannot be stored costs no other', async () => {
  const table = memoryLockTable();
  const failing: LockTable = {
    ...table,
    keep: (item) => (item.pk === 'entity#endpoint/vpce-1' ? Promise.reject(new Error('throttled')) : table.keep(item)),
  };
  const { stored, failed } = await storeInventory(FACTS, observing(failing));
  expect(stored).toBe(3);
  expect(failed).toMatchObject([{ fact: { endpointIds: ['vpce-1'] }, error: new Error('throttled') }]);
  const isForever = (): boolean => true;
  expect((await storeInventory(FACTS, observing(failing, { isForever }))).failed).toHaveLength(1);
});

test('record-only, records are stored and judged without requests to confirm; otherwise requests are made', async () => {
  const table = memoryLockTable();
  const records = [call('10:00', HOME_ADDRESS), call('11:00', '203.0.113.200')];
  const silent = observing(table, { recordOnly: true });
  const observed = await observeRecords([{ id: 1, records }], silent);
  expect(observed).toMatchObject({ asked: 0, failed: new Map() });
  expect(silent.asked).toEqual([]);
  expect(
    await table.query(
      partition.workload({ partition: 'aws', account: SHOP, kind: 'ec2-instance', id: INSTANCE }),
      'sighting#',
    ),
  ).toHaveLength(2);
  const aloud = observing(table, { seen: silent.seen });
  await observeRecords([{ id: 2, records }], aloud);
  expect(aloud.asked).toHaveLength(1);
});
