import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { detect } from '../../lambda/detection/detect';
import { inventoryFacts } from '../../lambda/detection/network/inventory';
import { ENV, METRICS } from '../../lambda/environment';
import { partition, SORT_KEYS } from '../../lambda/store/table-schema';
import { inventoryOf } from '../../lambda/verifying/inventory-of';
import { factsOf, ipRangesOf } from '../scenario';
import type { Ec2Region } from '../wire-server/ec2';
import type { FaultMatch, Fault } from '../wire-server/fault-book';
import { HUB, startHub, VERIFICATION_ROLE, type Hub, type HubOptions } from './hub';
import { call, HOME_ADDRESS, INSTANCE, SHOP } from './records';
import { settingsOf } from './story';

const REGION = 'eu-west-1';
/** Of EC2 in the Region. */
const OTHER_ADDRESS = '198.51.100.20';
const NEXT_ADDRESS = '198.51.100.21';
const YEARS_AGO = new Date('2020-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let hub: Hub;

async function start(options: HubOptions = {}): Promise<Ec2Region> {
  hub = await startHub({ verify: {}, ...options });
  hub.wire.sts.createRole(VERIFICATION_ROLE, { account: SHOP, trusts: [HUB] });
  const there = hub.wire.ec2.in(SHOP, REGION);
  there.instances.push(machine());
  there.networkInterfaces.push(networkInterface('eni-1', { Association: { PublicIp: HOME_ADDRESS } }));
  return there;
}

afterEach(() => hub.close());

function machine(id = INSTANCE): Instance {
  return { InstanceId: id, State: { Code: 16, Name: 'running' }, LaunchTime: YEARS_AGO, VpcId: 'vpc-1', Tags: [] };
}

function networkInterface(id: string, over: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    NetworkInterfaceId: id,
    VpcId: 'vpc-1',
    SubnetId: 'subnet-1',
    PrivateIpAddress: '10.0.0.10',
    PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Primary: true }],
    Attachment: { AttachmentId: `attach-${id}`, InstanceId: INSTANCE, AttachTime: YEARS_AGO, Status: 'attached' },
    ...over,
  };
}

/** The instance has the Elastic IP address, on another interface than its automatic one. */
function associate(there: Ec2Region, ip = OTHER_ADDRESS): void {
  const second = [{ PrivateIpAddress: '10.0.0.11', Primary: true, Association: { PublicIp: ip } }];
  there.networkInterfaces.push(
    networkInterface('eni-2', { PrivateIpAddress: '10.0.0.11', PrivateIpAddresses: second }),
  );
  there.addresses.push({
    PublicIp: ip,
    AllocationId: 'eipalloc-1',
    AssociationId: 'eipassoc-1',
    InstanceId: INSTANCE,
    NetworkInterfaceId: 'eni-2',
  });
}

/** A NAT gateway of the instance's VPC has both addresses; the instance has none. */
function route(there: Ec2Region): void {
  there.networkInterfaces = [networkInterface('eni-1')];
  const association = { PublicIp: OTHER_ADDRESS, AllocationId: 'eipalloc-2', IpOwnerId: SHOP };
  there.networkInterfaces.push({
    NetworkInterfaceId: 'eni-nat',
    InterfaceType: 'nat_gateway' as 'natGateway',
    VpcId: 'vpc-1',
    Association: association,
    PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.2', Primary: true, Association: association }],
  });
  there.natGateways.push({
    NatGatewayId: 'nat-1',
    VpcId: 'vpc-1',
    State: 'available',
    CreateTime: YEARS_AGO,
    NatGatewayAddresses: [
      { PublicIp: HOME_ADDRESS, AllocationId: 'eipalloc-1', IsPrimary: true },
      { PublicIp: OTHER_ADDRESS, AllocationId: 'eipalloc-2', IsPrimary: false },
    ],
  });
}

const FIRST = call('11:56', HOME_ADDRESS);
const SECOND = call('11:58', OTHER_ADDRESS);

/** Sends the records and lets all handlers work until nothing is left; the open findings. */
async function outcome(records: readonly unknown[] = [FIRST, SECOND]): Promise<string[]> {
  await hub.sendEvents(records);
  await hub.settle();
  return [...hub.onBus().values()]
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ type, origin }) => `${type} ${origin?.ip ?? ''}`);
}

function everPublished(): number {
  return hub.wire.eventBridge.events.length;
}

/** Names of the requests to EC2. */
function questions(): string[] {
  return hub.wire.requests.filter(({ service }) => service === 'ec2').map(({ operation }) => operation);
}

describe('before anything was seeded, no finding is published about', () => {
  test('an Elastic IP address that is older than the deployment', async () => {
    associate(await start());
    expect(await outcome()).toEqual([]);
    expect(everPublished()).toBe(0);
    expect(hub.counted(METRICS.questionsAnswered, { outcome: 'found' })).toBe(1);
  });

  test('a NAT gateway that is older than the deployment', async () => {
    route(await start());
    expect(await outcome()).toEqual([]);
    expect(everPublished()).toBe(0);
  });

  test('addresses of an interface that the network plugin attached before', async () => {
    const there = await start();
    const warm = ['10.0.1.6', '10.0.1.7'].map((ip, at) => ({ PrivateIpAddress: ip, Primary: at === 0 }));
    there.networkInterfaces.push(networkInterface('eni-2', { PrivateIpAddress: '10.0.1.6', PrivateIpAddresses: warm }));
    const behind = { endpointId: 'vpce-1', endpointAccount: SHOP };
    const records = [call('11:56', '10.0.0.10', behind), call('11:58', '10.0.1.7', behind)];
    expect(await outcome(records)).toEqual([]);
    expect(everPublished()).toBe(0);
  });
});

describe('without that answer a finding is published at the end of its hold', () => {
  /** Milliseconds from the untrusted call to the first publication. */
  const delay = (): number =>
    Date.parse(hub.wire.eventBridge.events[0]?.time ?? '') - Date.parse('2026-09-01T11:58:00Z');

  test('where nobody in the account has the address', async () => {
    await start();
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    expect(hub.counted(METRICS.questionsAnswered, { outcome: 'not-found' })).toBe(1);
    expect(delay()).toBeLessThan(5 * MINUTE + 62_000);
  });

  test('where the attacker puts his address on the instance after the theft', async () => {
    associate(await start());
    const associated = call('11:59', OTHER_ADDRESS, {
      name: 'AssociateAddress',
      source: 'ec2.amazonaws.com',
      extra: {
        readOnly: false,
        requestParameters: { allocationId: 'eipalloc-1', instanceId: INSTANCE },
        responseElements: { _return: true, associationId: 'eipassoc-1' },
      },
    });
    expect(await outcome([FIRST, SECOND, associated])).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    expect(delay()).toBeLessThan(5 * MINUTE + 62_000);
  });

  test('where the account has the address in another Region', async () => {
    await start();
    associate(hub.wire.ec2.in(SHOP, 'us-east-1'));
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
  });

  test('where the Region of the address sends no records, so that its change would be unseen', async () => {
    associate(await start());
    const elsewhere = (time: string, ip: string): object => ({ ...call(time, ip), awsRegion: 'us-east-1' });
    expect(await outcome([elsewhere('11:56', HOME_ADDRESS), elsewhere('11:58', OTHER_ADDRESS)])).toEqual([
      `InsideAWS ${OTHER_ADDRESS}`,
    ]);
    expect(hub.counted(METRICS.questionsAnswered, { outcome: 'found' })).toBe(1);
  });

  test('and equals that of replay by the same facts', async () => {
    const there = await start();
    const other = 'i-0a11ce00000000002';
    there.instances.push(machine(other));
    there.networkInterfaces.push(
      networkInterface('eni-2', {
        Association: { PublicIp: OTHER_ADDRESS, IpOwnerId: 'amazon' },
        PrivateIpAddresses: [
          { PrivateIpAddress: '10.0.0.20', Primary: true, Association: { PublicIp: OTHER_ADDRESS } },
        ],
        Attachment: { AttachmentId: 'attach-2', InstanceId: other, AttachTime: YEARS_AGO, Status: 'attached' },
      }),
    );
    expect(await outcome()).toEqual([`SameAccount ${OTHER_ADDRESS}`]);
    const facts = factsOf([FIRST, SECOND]);
    const asked = { instances: there.instances, interfaces: there.networkInterfaces };
    const listing = { ...asked, addresses: [], natGateways: [], endpoints: [] };
    const where = { partition: 'aws', account: SHOP, region: REGION, askedAt: hub.clock.now(), recordedSince: null };
    for (const fact of inventoryFacts(inventoryOf(listing, where))) facts.add(fact);
    const { findings } = detect({ facts, settings: settingsOf({}), ipRanges: ipRangesOf('default') });
    const replayed = findings.map((finding) => JSON.parse(JSON.stringify(finding)) as object);
    expect([...hub.onBus().values()]).toMatchObject(replayed);
  });
});

describe('a finding says why EC2 did not answer', () => {
  const reasonsIn = (): string[] =>
    [...hub.onBus().values()].flatMap(({ evidence }) => evidence.filter((text) => text.startsWith('EC2 of account')));
  const reason = (why: string): string[] => [
    `EC2 of account ${SHOP} in ${REGION} did not tell who has ${OTHER_ADDRESS}: ${why}.`,
  ];

  test.each<[string, FaultMatch, Fault]>([
    ['access was denied', { operation: 'DescribeAddresses' }, { kind: 'error', code: 'UnauthorizedOperation' }],
    ['requests were throttled', { service: 'ec2' }, { kind: 'throttle' }],
    ['the account cannot be read in this Region', { service: 'ec2' }, { kind: 'error', code: 'AuthFailure' }],
    ['the request failed', { service: 'ec2' }, { kind: 'error', code: 'InternalError', status: 500 }],
  ])('because %s', async (why, match, fault) => {
    associate(await start());
    hub.wire.fail(match, { ...fault, times: Infinity });
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    expect(reasonsIn()).toEqual(reason(why));
    expect(hub.counted(METRICS.questionsUnanswered)).toBe(1);
  });

  test('because the role is missing', async () => {
    hub = await startHub({ verify: {} });
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    expect(reasonsIn()).toEqual(reason('access was denied'));
  });

  test('because EC2 is slow', async () => {
    associate(await start({ verify: { patience: 0 } }));
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    expect(reasonsIn()).toEqual(reason('there was no answer in time'));
  });

  test('until it does, and then it is archived', async () => {
    associate(await start());
    const fault = hub.wire.fail({ service: 'ec2' }, { kind: 'throttle', times: Infinity });
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    fault.clear();
    expect(await outcome([call('12:58', OTHER_ADDRESS)])).toEqual([]);
    expect([...hub.onBus().values()]).toMatchObject([{ status: 'ARCHIVED' }]);
  });

  test('and only where EC2 is asked', async () => {
    hub = await startHub();
    expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
    expect([reasonsIn(), questions()]).toEqual([[], []]);
  });
});

test('an address is asked about once an hour, whoever is suspected', async () => {
  await start();
  const other = { instance: 'i-0a11ce00000000002' };
  await outcome([FIRST, SECOND, call('11:56', NEXT_ADDRESS, other)]);
  const asked = questions();
  expect(asked.length).toBeLessThanOrEqual(7);
  await outcome([call('11:59', OTHER_ADDRESS, other)]);
  expect(questions()).toEqual(asked);
  hub.clock.advance(61 * MINUTE);
  await outcome([call('12:59', OTHER_ADDRESS, other)]);
  expect(questions()).toHaveLength(2 * asked.length);
});

test('an account that was asked enough in this hour is asked again in the next', async () => {
  associate(await start());
  const table = dynamoDbLockTable(new DynamoDBClient(hub.wire.clientConfig()), hub.variables[ENV.lockTable] ?? '');
  const hour = Math.floor(hub.clock.now() / HOUR);
  const spent = { pk: partition.questions(SHOP), sk: `${SORT_KEYS.asked}${hour}`, body: '', expires: 2_000_000_000 };
  await table.raise({ ...spent, revision: 120 });
  expect(await outcome()).toEqual([`InsideAWS ${OTHER_ADDRESS}`]);
  expect([...hub.onBus().values()][0]?.evidence.at(-1)).toContain('too many questions were asked in this hour');
  expect(questions()).toEqual([]);
  hub.clock.advance(HOUR);
  expect(await outcome([call('12:59', OTHER_ADDRESS)])).toEqual([]);
});

test('a workload of the hub account is asked about with the function’s own role', async () => {
  await start();
  const there = hub.wire.ec2.in(HUB, REGION);
  associate(there);
  there.instances.push(machine());
  there.networkInterfaces.push(networkInterface('eni-1', { Association: { PublicIp: HOME_ADDRESS } }));
  const own = { account: HUB };
  expect(await outcome([call('11:56', HOME_ADDRESS, own), call('11:58', OTHER_ADDRESS, own)])).toEqual([]);
  expect(hub.wire.requests.filter(({ operation }) => operation === 'AssumeRole')).toEqual([]);
});

describe('a repeated message changes nothing', () => {
  test('when it comes again though it was finished', async () => {
    const seen = new Set<string>();
    const isForgotten = (id: string): boolean => !seen.has(id) && Boolean(seen.add(id));
    associate(await start({ isForgotten }));
    expect(await outcome()).toEqual([]);
    expect(hub.counted(METRICS.questionsAnswered)).toBe(1);
  });

  test('when the container dies after it stored the answer', async () => {
    let deaths = 0;
    const hasDied = (): boolean => questions().length > 0 && deaths++ === 0;
    associate(await start({ hasDied }));
    expect(await outcome()).toEqual([]);
    expect(deaths).toBeGreaterThan(0);
  });

  test('when the answer cannot be stored at first', async () => {
    associate(await start());
    const where = ({ body }: { body: string }): boolean => body.includes('inventory of');
    hub.wire.fail({ service: 'dynamodb', where }, { kind: 'throttle' });
    expect(await outcome()).toEqual([]);
    expect(everPublished()).toBe(0);
  });

  test('when it is no request: it ends as a dead letter', async () => {
    await start();
    await hub.send('not a request', 'verify');
    expect(await hub.drain('verify')).toEqual([expect.stringContaining('none of 1 messages')]);
  });
});

test('the address of another account that the records name is asked for in that account', async () => {
  await start({ settings: { organizationAccounts: [SHOP, '444455556666'] } });
  hub.wire.sts.createRole(VERIFICATION_ROLE, { account: '444455556666', trusts: [HUB] });
  const allocated = {
    ...call('11:50', NEXT_ADDRESS, { account: '444455556666', name: 'AllocateAddress', source: 'ec2.amazonaws.com' }),
    userIdentity: { type: 'IAMUser', accountId: '444455556666', arn: 'arn:aws:iam::444455556666:user/admin' },
    responseElements: { publicIp: NEXT_ADDRESS, allocationId: 'eipalloc-7' },
  };
  await outcome([allocated, FIRST, call('11:58', NEXT_ADDRESS)]);
  const asked = hub.wire.requests.filter(({ operation }) => operation === 'DescribeAddresses');
  expect([...new Set(asked.map(({ account }) => account))].sort()).toEqual([SHOP, '444455556666']);
});
