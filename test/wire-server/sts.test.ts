import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts';
import { manualClock } from './clock';
import { startWireServer, type WireServer } from './wire-server';

const clock = manualClock('2026-09-01T00:00:00Z');
let wire: WireServer;
let sts: STSClient;
let role: string;

beforeEach(async () => {
  wire = await startWireServer({ clock });
  sts = new STSClient(wire.clientConfig());
  role = wire.sts.createRole('credlock-lookup', { account: '444455556666', trusts: ['111122223333'] });
});

afterEach(async () => {
  sts.destroy();
  await wire.close();
});

function assume(given: Partial<AssumeRoleCommandInput> = {}, client = sts) {
  return client.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'credlock', ...given }));
}

async function sessionClient(): Promise<STSClient> {
  const { Credentials: given } = await assume();
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  return new STSClient({ ...wire.clientConfig(), credentials });
}

test('says who calls', async () => {
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/wire' });
});

test('a role session acts in the account of the role until it expires', async () => {
  expect((await assume()).Credentials?.Expiration).toEqual(new Date(clock.now() + 3_600_000));
  const session = await sessionClient();
  const identity = new GetCallerIdentityCommand({});
  expect(await session.send(identity)).toMatchObject({
    Account: '444455556666',
    Arn: 'arn:aws:sts::444455556666:assumed-role/credlock-lookup/credlock',
  });
  clock.advance(3_600_000);
  await expect(session.send(identity)).rejects.toMatchObject({ name: 'ExpiredToken' });
  session.destroy();
});

test.each([
  ['a duration of 899 s', { DurationSeconds: 899 }, { DurationSeconds: 900 }],
  ['a duration of more than 12 hours', { DurationSeconds: 43_201 }, { DurationSeconds: 43_200 }],
  ['a session name of 1', { RoleSessionName: 'x' }, { RoleSessionName: 'xy' }],
  ['a session name of 65', { RoleSessionName: 'x'.repeat(65) }, { RoleSessionName: 'x'.repeat(64) }],
  ['a session name with a space', { RoleSessionName: 'a b' }, { RoleSessionName: 'a=b' }],
  ['no session name', { RoleSessionName: undefined }, {}],
])('refuses %s', async (_, wrong, right) => {
  await expect(assume(wrong)).rejects.toMatchObject({ name: 'ValidationError' });
  await assume(right);
});

test('refuses more than an hour to a session that assumes a role', async () => {
  role = wire.sts.createRole('next', { account: '444455556666', trusts: ['111122223333', '444455556666'] });
  const session = await sessionClient();
  await expect(assume({ DurationSeconds: 3601 }, session)).rejects.toMatchObject({ name: 'ValidationError' });
  await assume({ DurationSeconds: 3600 }, session);
  session.destroy();
});

test('denies roles that do not exist, do not trust the caller, or want an external id', async () => {
  await expect(assume({ RoleArn: `${role}-2` })).rejects.toMatchObject({ name: 'AccessDenied' });
  const guarded = { account: '444455556666', trusts: ['111122223333'], externalId: 'xyz' };
  const RoleArn = wire.sts.createRole('guarded', guarded);
  await expect(assume({ RoleArn })).rejects.toMatchObject({ name: 'AccessDenied' });
  await assume({ RoleArn, ExternalId: 'xyz' });
  const other = new STSClient(wire.clientConfig({ account: '777788889999' }));
  await expect(assume({}, other)).rejects.toMatchObject({ name: 'AccessDenied' });
  other.destroy();
});

test('refuses unknown keys and what it does not model', async () => {
  const credentials = { accessKeyId: 'AKIA0000000000000000', secretAccessKey: 'x' };
  const stranger = new STSClient({ ...wire.clientConfig(), credentials });
  await expect(stranger.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  stranger.destroy();
  await expect(assume({ Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toMatchObject({ name: 'NotImplemented' });
});
