import { STSClient, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { limitedSessions } from '../../../../lambda/adapters/sts/limited-sessions';
import { startWireServer, type WireServer } from '../../../wire-server/wire-server';

const HUB = '999988887777';
const SHOP = '111122223333';

let wire: WireServer;
let sts: STSClient;
let now = 0;

beforeEach(async () => {
  wire = await startWireServer({ account: HUB, region: 'eu-central-1', rates: {} });
  sts = new STSClient(wire.clientConfig({ maxAttempts: 1 }));
  now = 0;
});

afterEach(async () => {
  sts.destroy();
  await wire.close();
});

function requests(): AssumeRoleCommandInput[] {
  return wire.requests.map(({ input }) => input as AssumeRoleCommandInput);
}

const sessions = () => limitedSessions(sts, { actions: ['ec2:DescribeAddresses'], now: () => now });

test('a role is assumed once until its session is about to expire, and may do what was asked for', async () => {
  const role = wire.sts.createRole('verification', { account: SHOP, trusts: [HUB] });
  const sessionOf = sessions();
  const [first, second] = await Promise.all([sessionOf(role), sessionOf(role)]);
  expect(first).toEqual(second);
  now = 12 * 60_000;
  await sessionOf(role);
  expect(requests()).toHaveLength(1);
  expect(JSON.parse(requests()[0]?.Policy ?? '')).toMatchObject({
    Statement: [{ Effect: 'Allow', Action: ['ec2:DescribeAddresses'], Resource: '*' }],
  });
  now = 14 * 60_000;
  expect(await sessionOf(role)).not.toEqual(first);
});

test('a role that cannot be assumed is tried again after a minute', async () => {
  const role = `arn:aws:iam::${SHOP}:role/verification`;
  const sessionOf = sessions();
  await expect(sessionOf(role)).rejects.toThrow('is not authorized');
  wire.sts.createRole('verification', { account: SHOP, trusts: [HUB] });
  now = 30_000;
  await expect(sessionOf(role)).rejects.toThrow('is not authorized');
  now = 61_000;
  expect(await sessionOf(role)).toMatchObject({ accessKeyId: expect.stringContaining('ASIA') as string });
  expect(requests()).toHaveLength(2);
});
