import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import { gzipSync } from 'node:zlib';
import { call, HOME_ADDRESS, INSTANCE } from '../../lambda/records';
import { put, removeAll } from '../credlock-command';
import { OTHER, SHOP, SHOP_REGION, startOperator, type Operator } from '../operator';

/** Of AWS, in the same Region, and not the instance's. */
const FIRST_CALLER = '198.51.100.90';
const HERE = ['seed', '--account', SHOP, '--region', SHOP_REGION];

let operator: Operator;

beforeEach(async () => {
  operator = await startOperator();
});

afterEach(() => operator.close());
afterAll(removeAll);

function instance(id = INSTANCE): Instance {
  return {
    InstanceId: id,
    State: { Code: 16, Name: 'running' },
    LaunchTime: new Date('2026-08-01T00:00:00Z'),
    VpcId: 'vpc-1',
    SourceDestCheck: true,
    Tags: [{ Key: 'Name', Value: 'orders' }],
  };
}

function attached(eniId: string, over: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    NetworkInterfaceId: eniId,
    VpcId: 'vpc-1',
    SubnetId: 'subnet-1',
    PrivateIpAddress: '10.0.0.10',
    PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Primary: true }],
    Attachment: {
      AttachmentId: `attach-${eniId}`,
      InstanceId: INSTANCE,
      AttachTime: new Date('2026-08-01T00:00:00Z'),
      Status: 'attached',
    },
    Association: { PublicIp: HOME_ADDRESS, IpOwnerId: 'amazon' },
    ...over,
  };
}

/** What a shop has in its Region. */
function stock(account = SHOP): void {
  const region = operator.hub.wire.ec2.in(account, SHOP_REGION);
  region.instances.push(instance(), { ...instance('i-0deadbeef'), State: { Code: 48, Name: 'terminated' } });
  region.networkInterfaces.push(attached('eni-1'), { NetworkInterfaceId: 'eni-lb', Status: 'in-use' });
  region.addresses.push({ PublicIp: '198.51.100.20', AllocationId: 'eipalloc-1' });
  region.natGateways.push({
    NatGatewayId: 'nat-1',
    VpcId: 'vpc-1',
    State: 'available',
    CreateTime: new Date('2026-07-01T00:00:00Z'),
    NatGatewayAddresses: [{ PublicIp: '198.51.100.21', AllocationId: 'eipalloc-2', IsPrimary: true }],
  });
  region.vpcEndpoints.push({ VpcEndpointId: 'vpce-1', VpcId: 'vpc-1', State: 'Available' });
}

/** Somebody else calls first, then the instance itself. */
async function theft(): Promise<string[]> {
  const { hub } = operator;
  await hub.sendEvents([call('11:00', FIRST_CALLER), call('11:10', HOME_ADDRESS), call('12:10', HOME_ADDRESS)]);
  await hub.settle();
  return [...hub.onBus().values()].map(({ type, origin }) => `${type} ${origin?.ip ?? ''}`);
}

test('without it, the first caller is trusted', async () => {
  expect(await theft()).toEqual([`InsideAWS ${HOME_ADDRESS}`]);
});

test('tells the detector whose address is whose, through the verification role', async () => {
  stock();
  const { code, stdout, stderr } = await operator.run(HERE);
  expect(stderr).toContain('Read 1 of 1 place (an account in a Region).');
  expect(stderr).toContain('Left out: not-attached 1, terminated 1.');
  expect(stdout).toMatch(/111122223333 +│ 1 +│ 1 +│ 1 +│ 1 +│ 6 facts stored/);
  expect(code).toBe(0);
  expect(await theft()).toEqual([`InsideAWS ${FIRST_CALLER}`]);
});

test('changes nothing when it is done again, and settles what it came too late for', async () => {
  stock();
  expect(await theft()).toEqual([`InsideAWS ${HOME_ADDRESS}`]);
  await operator.run(HERE);
  await operator.hub.settle();
  const after = [...operator.hub.onBus().values()].map(({ status, origin }) => `${status} ${origin?.ip ?? ''}`);
  expect(after.sort()).toEqual([`ACTIVE ${FIRST_CALLER}`, `ARCHIVED ${HOME_ADDRESS}`]);
  const puts = operator.hub.wire.eventBridge.events.length;
  expect((await operator.run(HERE)).code).toBe(0);
  await operator.hub.settle();
  expect(operator.hub.wire.eventBridge.events).toHaveLength(puts);
});

test('reads what arrived unless configured otherwise, and one account’s failure costs no other', async () => {
  stock();
  await operator.hub.sendEvents([
    call('11:10', HOME_ADDRESS),
    call('11:10', HOME_ADDRESS, { account: '777788889999' }),
  ]);
  await operator.hub.drain('observe');
  const { code, stdout, stderr } = await operator.run(['seed'], { terminal: 100 });
  expect(stderr).toContain('Read 1 of 2 places (an account in a Region); see the table for the others.');
  expect(stdout.replaceAll(/[│\s]+/g, ' ')).toContain('777788889999');
  expect(stdout.replaceAll(/[│\s]+/g, ' ')).toMatch(/cannot assume/);
  expect(code).toBe(2);
});

test('says what EC2 refused', async () => {
  operator.hub.wire.fail(
    { service: 'ec2', operation: 'DescribeNatGateways' },
    {
      kind: 'error',
      code: 'UnauthorizedOperation',
      message: 'You are not authorized to perform this operation.',
      status: 403,
    },
  );
  const { code, stdout } = await operator.run(HERE);
  expect(stdout.replaceAll(/[│\s]+/g, ' ')).toContain('update stack credlock-member there');
  expect(code).toBe(2);
});

test('a dry run stores nothing', async () => {
  stock();
  const { code, stdout, stderr } = await operator.run([...HERE, '--dry-run']);
  expect(stdout).toContain('read, not stored');
  expect(stderr).toContain('Dry run: nothing was stored.');
  expect(code).toBe(0);
  expect(await theft()).toEqual([`InsideAWS ${HOME_ADDRESS}`]);
});

test('names accounts by a file, whose faults it names', async () => {
  stock();
  stock(OTHER);
  const file = put('accounts.txt', `# ours\n${SHOP}\n\n${OTHER} # the other shop\n`);
  const { stdout, code } = await operator.run(['seed', '--accounts', file]);
  expect(stdout.match(/6 facts stored/g)).toHaveLength(2);
  expect(code).toBe(0);
  const wrong = put('wrong.txt', `${SHOP}\n12345\n`);
  const refused = await operator.run(['seed', '--accounts', wrong]);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('line 2: an account id has 12 digits, got "12345"');
});

describe('from AWS Config', () => {
  const item = (resourceType: string, configuration: object, over: object = {}) => ({
    resourceType,
    awsAccountId: SHOP,
    awsRegion: SHOP_REGION,
    ARN: `arn:aws:ec2:${SHOP_REGION}:${SHOP}:x/y`,
    configurationItemCaptureTime: '2026-09-01T06:00:00.000Z',
    configurationItemStatus: 'OK',
    configuration,
    ...over,
  });
  const snapshot = (...items: unknown[]) => JSON.stringify({ fileVersion: '1.0', configurationItems: items });
  const machine = [
    item('AWS::EC2::Instance', {
      instanceId: INSTANCE,
      vpcId: 'vpc-1',
      launchTime: '2026-08-01T00:00:00.000Z',
      state: { code: 16, name: 'running' },
      tags: [],
    }),
    item('AWS::EC2::NetworkInterface', {
      networkInterfaceId: 'eni-1',
      vpcId: 'vpc-1',
      privateIpAddress: '10.0.0.10',
      privateIpAddresses: [{ primary: true, privateIpAddress: '10.0.0.10' }],
      ipv6Addresses: [],
      attachment: {
        attachmentId: 'attach-1',
        instanceId: INSTANCE,
        status: 'attached',
        attachTime: '2026-08-01T00:00:00.000Z',
      },
      association: { ipOwnerId: 'amazon', publicIp: HOME_ADDRESS },
    }),
  ];

  test('tells the same', async () => {
    const file = put('snapshot.json.gz', gzipSync(snapshot(...machine)));
    const { code, stdout } = await operator.run(['seed', '--config-snapshot', file]);
    expect(stdout).toMatch(/111122223333 +│ 1 +│ 0 +│ 0 +│ 0 +│ 3 facts stored/);
    expect(code).toBe(0);
    expect(await theft()).toEqual([`InsideAWS ${FIRST_CALLER}`]);
  });

  test('takes the good items and counts the others', async () => {
    const file = put(
      'snapshot.json',
      snapshot(
        ...machine,
        item('AWS::S3::Bucket', { name: 'b' }),
        item('AWS::EC2::EIP', { publicIp: '192.0.2.9' }),
        item('AWS::EC2::NatGateway', { natGatewayId: 'nat-2', state: 'deleted' }),
        item('AWS::EC2::EIP', {}, { configurationItemStatus: 'ResourceDeleted' }),
        { resourceType: 'AWS::EC2::EIP' },
        'no item',
      ),
    );
    const { code, stderr, stdout } = await operator.run(['seed', '--config-snapshot', file, '--dry-run'], {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    });
    expect(stderr).toContain('Left out: gone 2, not-understood 3, other-resources 1.');
    expect(stdout).toContain('111122223333');
    expect(code).toBe(0);
  });

  test.each([
    ['no JSON', 'x', 'cannot be read'],
    ['another document', '{"Records":[]}', 'has no configurationItems'],
  ])('refuses %s by its name', async (_, content, fault) => {
    const file = put('snapshot.json', content);
    const { code, stderr } = await operator.run(['seed', '--config-snapshot', file, '--dry-run']);
    expect(stderr).toContain(`--config-snapshot ${file}`);
    expect(stderr).toContain(fault);
    expect(code).toBe(1);
  });
});

describe('the deployment', () => {
  test('is looked for by name, and what is missing is named', async () => {
    const { code, stderr } = await operator.run([...HERE, '--stack', 'elsewhere']);
    expect(stderr).toContain('no stack elsewhere in account 999988887777, eu-central-1');
    expect(code).toBe(1);
    delete operator.outputs['LockTable'];
    expect((await operator.run(HERE)).stderr).toContain(
      'stack credlock-hub has no output LockTable: give --lock-table',
    );
  });

  test('may be said by flags alone', async () => {
    stock();
    const { outputs } = operator;
    const flags = ['--lock-table', '--delayed-queue-url', '--config-bucket', '--settings-key', '--ip-ranges-key'];
    const names = ['LockTable', 'DelayedQueueUrl', 'ConfigBucket', 'SettingsKey', 'IpRangesKey'];
    const said = flags.flatMap((flag, at) => [flag, outputs[names[at] ?? ''] ?? '']);
    const { code, stdout } = await operator.run([...HERE, '--verification-role', 'credlock-verification', ...said]);
    expect(stdout).toContain('6 facts stored');
    expect(code).toBe(0);
    expect(operator.hub.wire.requests.map(({ service }) => service)).not.toContain('cloudformation');
  });

  test.each([
    ['an account', ['--account', '12'], 'It must be an account id of 12 digits.'],
    ['a Region', ['--region', 'Frankfurt'], 'It must be a Region, such as eu-west-1.'],
  ])('refuses what is no %s', async (_, args, fault) => {
    const { code, stderr } = await operator.run(['seed', ...args]);
    expect(stderr).toContain(fault);
    expect(code).toBe(1);
  });

  test('without credentials says what to do', async () => {
    const { code, stderr } = await operator.run(HERE, { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' } });
    expect(stderr).toContain('cannot ask AWS who you are');
    expect(stderr).toContain('Set AWS_PROFILE, or sign in');
    expect(code).toBe(1);
  });
});

test('reads only its own account where no verification role is deployed', async () => {
  delete operator.outputs['VerificationRole'];
  const { code, stdout } = await operator.run(['seed', '--account', SHOP, '--account', '999988887777']);
  expect(stdout.replaceAll(/[│\s]+/g, ' ')).toContain('only account 999988887777 can be read');
  expect(code).toBe(2);
  expect(stdout).toContain('0 facts stored');
});
