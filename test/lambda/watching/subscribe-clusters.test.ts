import { METRICS } from '../../../lambda/environment';
import { clusterRows } from '../../../lambda/store/cluster-rows';
import { dynamoDbLockTable } from '../../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { placesWithClusters } from '../../../lambda/watching/subscribe-clusters';
import { HUB, REGION, startHub, type Hub, type HubOptions } from '../hub';
import { SHOP } from '../records';

const ROUND = { task: 'subscribe' };
const AT_SHOP = { account: SHOP, region: REGION };
const GROUP = '/aws/eks/shop/cluster';

let hub: Hub;

afterEach(() => hub.close());

/** A hub with one member, in which clusters can be subscribed. */
async function start(options: HubOptions = {}): Promise<void> {
  const { settings = {}, variables = {} } = options;
  hub = await startHub({
    ...options,
    settings: { organizationAccounts: [SHOP], ...settings },
    variables: { subscribeRole: 'credlock-subscribe', ...variables },
  });
  for (const account of [HUB, SHOP]) hub.wire.sts.createRole('credlock-subscribe', { account, trusts: [HUB] });
  hub.wire.logs.createDestination('credlock-kubernetes', { account: HUB, region: REGION });
}

function cluster(name: string, logs: readonly ('api' | 'audit')[] = ['audit'], where = AT_SHOP): void {
  hub.wire.eks.putCluster(name, where, logs);
  hub.wire.logs.createLogGroup(`/aws/eks/${name}/cluster`, where);
}

async function rows(): Promise<string[]> {
  const client = new DynamoDBClient(hub.wire.clientConfig({ account: HUB }));
  const table = dynamoDbLockTable(client, hub.variables['CREDLOCK_LOCK_TABLE'] ?? '');
  const found = await clusterRows(table, hub.clock.now());
  client.destroy();
  return found.map(({ account, region, name, agent, state, reason }) =>
    [account, region, name, ...(agent === null ? [] : [agent]), state, ...(reason === null ? [] : [reason])].join(' '),
  );
}

function puts(): unknown[] {
  return hub.wire.requests
    .filter(({ operation }) => operation === 'PutSubscriptionFilter')
    .map(({ account, input }) => ({ account, ...(input as object) }));
}

test('a cluster that writes its audit log is subscribed once, to the destination of its Region', async () => {
  await start();
  cluster('shop');
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 1, withoutAuditLog: 0, refused: 0 });
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 1, withoutAuditLog: 0, refused: 0 });
  expect(puts()).toEqual([
    {
      account: SHOP,
      logGroupName: GROUP,
      filterName: `credlock-kubernetes-${REGION}`,
      filterPattern: '',
      destinationArn: `arn:aws:logs:${REGION}:${HUB}:destination:credlock-kubernetes`,
      roleArn: `arn:aws:iam::${SHOP}:role/credlock-log-delivery`,
    },
  ]);
  expect(await rows()).toEqual([`${SHOP} ${REGION} shop subscribed`]);
  expect(hub.counted(METRICS.clustersSubscribed)).toBe(2);
});

test('one that writes other logs alone is counted and named, and its logging is left as it is', async () => {
  await start();
  cluster('shop', ['api']);
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 1, refused: 0 });
  expect(puts()).toEqual([]);
  expect(hub.counted(METRICS.clustersWithoutAuditLog)).toBe(1);
  expect(await rows()).toEqual([`${SHOP} ${REGION} shop no-audit-log`]);
  expect(hub.logged.map(({ message }) => message)).toContain('cluster without audit log');
});

test('a log group with five filters of others stays as it is, and is told', async () => {
  await start();
  cluster('shop');
  const filters = hub.wire.logs.filtersOf(GROUP, AT_SHOP);
  for (let at = 0; at < 5; at += 1) filters.push({ filterName: `other-${at}`, logGroupName: GROUP });
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 1 });
  expect(await rows()).toEqual([`${SHOP} ${REGION} shop quota-full`]);
  expect(hub.counted(METRICS.clustersNotSubscribed, { reason: 'quota-full' })).toBe(1);
});

test('with four filters of others there is room, and theirs are left alone', async () => {
  await start();
  cluster('shop');
  const filters = hub.wire.logs.filtersOf(GROUP, AT_SHOP);
  for (let at = 0; at < 4; at += 1) filters.push({ filterName: `other-${at}`, logGroupName: GROUP });
  expect(await hub.watch(ROUND)).toMatchObject({ subscribed: 1 });
  expect(filters.map(({ filterName }) => filterName)).toEqual([
    ...[0, 1, 2, 3].map((at) => `other-${at}`),
    `credlock-kubernetes-${REGION}`,
  ]);
});

test.each([
  ['another pattern', { filterPattern: '-leases' }],
  ['another destination', { destinationArn: 'arn:aws:logs:eu-west-1:444455556666:destination:theirs' }],
  ['another role', { roleArn: 'arn:aws:iam::444455556666:role/theirs' }],
])('a filter of ours that was given %s is put right', async (_what, changed) => {
  await start();
  cluster('shop');
  await hub.watch(ROUND);
  const [filter] = hub.wire.logs.filtersOf(GROUP, AT_SHOP);
  const before = { ...filter };
  Object.assign(filter ?? {}, changed);
  await hub.watch(ROUND);
  expect(hub.wire.logs.filtersOf(GROUP, AT_SHOP)).toEqual([before]);
});

test('a pattern that is set is the filter’s, and a new one replaces it', async () => {
  await start({ variables: { auditPattern: '-leases' } });
  cluster('shop');
  await hub.watch(ROUND);
  expect(hub.wire.logs.filtersOf(GROUP, AT_SHOP)).toMatchObject([{ filterPattern: '-leases' }]);
});

test('a cluster whose log group does not exist yet is subscribed when it does', async () => {
  await start();
  hub.wire.eks.putCluster('shop', AT_SHOP, ['audit']);
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
  expect(await rows()).toEqual([`${SHOP} ${REGION} shop no-log-group`]);
  hub.wire.logs.createLogGroup(GROUP, AT_SHOP);
  expect(await hub.watch(ROUND)).toMatchObject({ subscribed: 1 });
});

test('all clusters of all watched accounts and Regions are, also the hub’s own', async () => {
  await start({ variables: { regions: `${REGION},us-east-1` } });
  hub.wire.logs.createDestination('credlock-kubernetes', { account: HUB, region: 'us-east-1' });
  for (const name of ['a', 'b', 'c', 'd', 'e']) cluster(name);
  cluster('far', ['audit'], { account: SHOP, region: 'us-east-1' });
  cluster('own', ['audit'], { account: HUB, region: REGION });
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 7, withoutAuditLog: 0, refused: 0 });
  expect(hub.wire.logs.filtersOf('/aws/eks/far/cluster', { account: SHOP, region: 'us-east-1' })).toMatchObject([
    {
      filterName: 'credlock-kubernetes-us-east-1',
      destinationArn: `arn:aws:logs:us-east-1:${HUB}:destination:credlock-kubernetes`,
    },
  ]);
});

test('an account without the role, a Region without a destination and a failing request stop no other cluster', async () => {
  await start({
    settings: { organizationAccounts: ['444455556666', SHOP] },
    variables: { regions: `${REGION},us-east-1` },
  });
  cluster('shop');
  cluster('far', ['audit'], { account: SHOP, region: 'us-east-1' });
  cluster('blind');
  hub.wire.fail({ operation: 'DescribeCluster' }, { kind: 'error', code: 'ServerException', status: 500 });
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 1, withoutAuditLog: 0, refused: 4 });
  expect(await rows()).toEqual([
    `${SHOP} ${REGION} blind refused ServerException: ServerException (injected)`,
    `${SHOP} ${REGION} shop subscribed`,
    `${SHOP} us-east-1 far refused InvalidParameterException: Could not deliver test message to specified destination.`,
    expect.stringContaining(`444455556666 ${REGION}  refused AccessDenied`),
    expect.stringContaining('444455556666 us-east-1  refused AccessDenied'),
  ]);
});

test.each([
  ['the settings list', [SHOP], [HUB, SHOP]],
  ['sent events, where none is listed,', [], [HUB, '444455556666']],
])('the accounts that %s are watched, as their records are accepted', async (_which, members, expected) => {
  await start();
  const known = { since: '', last: '', longestPause: 0, readEvents: null, proof: null };
  const sent = { account: '444455556666', region: REGION, kind: 'any', ...known };
  const watched = placesWithClusters([sent], { hubAccount: HUB, hubRegion: REGION, regions: [] }, members);
  expect(watched).toEqual(expected.map((account) => ({ account, region: REGION })));
});

test('rows of clusters that are gone are no longer shown', async () => {
  await start();
  cluster('shop');
  await hub.watch(ROUND);
  hub.clock.advance(4 * 3_600_000);
  expect(await rows()).toEqual([]);
});

test('many places are visited by the queue, in parts', async () => {
  const accounts = Array.from({ length: 260 }, (_, at) => String(100_000_000_000 + at));
  await start({ settings: { organizationAccounts: [...accounts, SHOP] } });
  cluster('shop');
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
  expect(hub.queue('watch').messages.length).toBe(2);
  hub.clock.advance(600_000);
  expect(await hub.drain('watch')).toEqual([]);
  expect(puts()).toHaveLength(1);
  expect(hub.counted(METRICS.clustersNotSubscribed, { reason: 'refused' })).toBe(accounts.length);
});

test('sessions may do what subscribing needs and nothing else', async () => {
  await start();
  cluster('shop');
  await hub.watch(ROUND);
  const policies = hub.wire.requests
    .filter(({ operation }) => operation === 'AssumeRole')
    .map(({ input }) => JSON.parse((input as { Policy: string }).Policy) as { Statement: { Action: string[] }[] });
  expect(policies.length).toBe(2);
  for (const { Statement } of policies)
    expect(Statement.map(({ Action }) => Action)).toEqual([
      [
        'eks:ListClusters',
        'eks:DescribeCluster',
        'logs:DescribeLogGroups',
        'logs:DescribeSubscriptionFilters',
        'logs:PutSubscriptionFilter',
        'logs:DeleteSubscriptionFilter',
        'iam:PassRole',
      ],
    ]);
});

test('where the settings leave out clusters, filters are removed, and those of others are not', async () => {
  await start();
  cluster('shop');
  await hub.watch(ROUND);
  hub.wire.logs.filtersOf(GROUP, AT_SHOP).push({ filterName: 'other', logGroupName: GROUP });
  hub.putSettings({ organizationAccounts: [SHOP], workloads: ['ec2-instance'] });
  hub.clock.advance(3_600_000);
  for (let round = 0; round < 2; round += 1)
    expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
  expect(hub.wire.logs.filtersOf(GROUP, AT_SHOP)).toMatchObject([{ filterName: 'other' }]);
  expect(await rows()).toEqual([`${SHOP} ${REGION} shop not-wanted`]);
});

test('nothing is subscribed where no role for it is deployed', async () => {
  hub = await startHub({ settings: { organizationAccounts: [SHOP] } });
  expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
  expect(hub.wire.requests.filter(({ service }) => service === 'eks')).toEqual([]);
});

describe('log groups of agents', () => {
  const FALCO = '/credlock/falco/shop';
  const TETRAGON = '/credlock/tetragon/shop';

  test('are subscribed like audit logs, with patterns of alarms, also without a cluster of EKS', async () => {
    await start();
    for (const group of [FALCO, TETRAGON]) hub.wire.logs.createLogGroup(group, AT_SHOP);
    for (let round = 0; round < 2; round += 1)
      expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
    const filter = {
      account: SHOP,
      filterName: `credlock-kubernetes-${REGION}`,
      destinationArn: `arn:aws:logs:${REGION}:${HUB}:destination:credlock-kubernetes`,
      roleArn: `arn:aws:iam::${SHOP}:role/credlock-log-delivery`,
    };
    expect(puts()).toEqual([
      { ...filter, logGroupName: FALCO, filterPattern: 'output_fields' },
      { ...filter, logGroupName: TETRAGON, filterPattern: '?policy_name ?process_loader ?links' },
    ]);
    expect(await rows()).toEqual([
      `${SHOP} ${REGION} shop falco subscribed`,
      `${SHOP} ${REGION} shop tetragon subscribed`,
    ]);
    expect(hub.counted(METRICS.runtimeLogsSubscribed)).toBe(4);
  });

  test('keep their patterns where audit records have one, and stand beside the cluster', async () => {
    await start({ variables: { auditPattern: '-leases' } });
    cluster('shop');
    hub.wire.logs.createLogGroup(FALCO, AT_SHOP);
    expect(await hub.watch(ROUND)).toMatchObject({ subscribed: 1 });
    expect(hub.wire.logs.filtersOf(FALCO, AT_SHOP)).toMatchObject([{ filterPattern: 'output_fields' }]);
    expect(await rows()).toEqual([`${SHOP} ${REGION} shop subscribed`, `${SHOP} ${REGION} shop falco subscribed`]);
  });

  test('are found on every page, and others with like names are left alone', async () => {
    await start();
    for (let at = 0; at < 60; at += 1) hub.wire.logs.createLogGroup(`/credlock/falco/c${at}`, AT_SHOP);
    for (const group of ['/credlock/falco', '/credlock/falco/a/b', '/credlock/other/shop', '/mine/credlock/falco/a'])
      hub.wire.logs.createLogGroup(group, AT_SHOP);
    await hub.watch(ROUND);
    expect(puts()).toHaveLength(60);
    expect(await rows()).toHaveLength(60);
  });

  test('that cannot be listed are told, and clusters are subscribed all the same', async () => {
    await start();
    cluster('shop');
    hub.wire.fail({ operation: 'DescribeLogGroups' }, { kind: 'error', code: 'AccessDeniedException', status: 400 });
    expect(await hub.watch(ROUND)).toEqual({ subscribed: 1, withoutAuditLog: 0, refused: 1 });
    expect(await rows()).toEqual([
      `${SHOP} ${REGION} shop subscribed`,
      expect.stringMatching(`^${HUB} ${REGION}  refused AccessDeniedException`),
    ]);
  });

  test('lose their filters where the settings leave out clusters', async () => {
    await start();
    hub.wire.logs.createLogGroup(FALCO, AT_SHOP);
    await hub.watch(ROUND);
    hub.putSettings({ organizationAccounts: [SHOP], workloads: ['ec2-instance'] });
    hub.clock.advance(3_600_000);
    await hub.watch(ROUND);
    expect(hub.wire.logs.filtersOf(FALCO, AT_SHOP)).toEqual([]);
    expect(await rows()).toEqual([`${SHOP} ${REGION} shop falco not-wanted`]);
  });
});

describe('in an account that is no longer watched', () => {
  const OTHER = '444455556666';
  const FALCO = '/credlock/falco/shop';

  async function leave(): Promise<void> {
    await start({ settings: { organizationAccounts: [SHOP, OTHER] } });
    hub.wire.sts.createRole('credlock-subscribe', { account: OTHER, trusts: [HUB] });
    cluster('shop');
    hub.wire.logs.createLogGroup(FALCO, AT_SHOP);
    await hub.watch(ROUND);
    hub.putSettings({ organizationAccounts: [OTHER] });
    hub.clock.advance(3_600_000);
  }

  const visits = (): number =>
    hub.wire.requests.filter(({ operation, account }) => operation === 'ListClusters' && account === SHOP).length;

  test('subscriptions are removed, once', async () => {
    await leave();
    for (let round = 0; round < 3; round += 1) {
      expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
      hub.clock.advance(3_600_000);
    }
    expect(hub.wire.logs.filtersOf(GROUP, AT_SHOP)).toEqual([]);
    expect(hub.wire.logs.filtersOf(FALCO, AT_SHOP)).toEqual([]);
    expect(visits()).toBe(2);
  });

  test('one that cannot be removed is named without an alarm, and tried again', async () => {
    await leave();
    hub.wire.fail(
      { operation: 'DeleteSubscriptionFilter' },
      { kind: 'error', code: 'AccessDeniedException', status: 400 },
    );
    expect(await hub.watch(ROUND)).toEqual({ subscribed: 0, withoutAuditLog: 0, refused: 0 });
    expect(await rows()).toEqual([
      expect.stringMatching(`^${SHOP} ${REGION} shop not-removed AccessDeniedException`),
      `${SHOP} ${REGION} shop falco not-wanted`,
    ]);
    expect(hub.counted(METRICS.clustersNotSubscribed)).toBe(0);
    hub.clock.advance(3_600_000);
    await hub.watch(ROUND);
    expect(hub.wire.logs.filtersOf(GROUP, AT_SHOP)).toEqual([]);
  });

  test('an account whose role is gone is named', async () => {
    await leave();
    hub.wire.fail(
      { operation: 'AssumeRole', where: ({ body }) => body.includes(SHOP) },
      { kind: 'error', code: 'AccessDenied', status: 403 },
    );
    await hub.watch(ROUND);
    expect(await rows()).toContainEqual(expect.stringMatching(`^${SHOP} ${REGION}  not-removed AccessDenied`));
    expect(hub.logged.map(({ message }) => message)).toContain('subscription not removed');
  });
});

test('rows that were written before agents were read are still read', async () => {
  await start();
  const client = new DynamoDBClient(hub.wire.clientConfig({ account: HUB }));
  const table = dynamoDbLockTable(client, hub.variables['CREDLOCK_LOCK_TABLE'] ?? '');
  const row = { ...AT_SHOP, name: 'shop', state: 'subscribed', reason: null, checked: new Date(hub.clock.now()) };
  await table.raise({ pk: 'clusters', sk: 'shop', body: JSON.stringify(row), expires: 2 ** 31, revision: 1 });
  client.destroy();
  expect(await rows()).toEqual([`${SHOP} ${REGION} shop subscribed`]);
});
