import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { environmentOf, METRICS, type MetricName } from '../../lambda/environment';
import { postureHandler, type PostureResult } from '../../lambda/posture';
import { HUB, REGION, startHub, type Hub } from './hub';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE, SHOP, type CallOptions } from './records';

const DAY = 86_400_000;
const ID = `credlock/posture/aws/${SHOP}/orders`;

interface Counted {
  readonly name: MetricName;
  readonly times: number;
  readonly by: object;
}

let hub: Hub;
let counts: Counted[];
const clients: { destroy(): void }[] = [];

async function start(settings: object = {}): Promise<void> {
  hub = await startHub({ settings });
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await hub.close();
});

/** With keys that were got by IMDSv1. */
function oldCall(time: string, ip = HOME_ADDRESS, options: CallOptions & { userAgent?: string } = {}): object {
  const { userAgent = 'old-sdk/1.0', ...rest } = options;
  const record = call(time, ip, { accessKeyId: 'ASIAOLDKEY0000000001', ...rest });
  const identity = record['userIdentity'] as { sessionContext: object };
  return {
    ...record,
    userAgent,
    userIdentity: { ...identity, sessionContext: { ...identity.sessionContext, ec2RoleDelivery: '1.0' } },
  };
}

async function observed(...records: readonly object[]): Promise<void> {
  await hub.sendEvents(records);
  await hub.drain('observe');
}

async function work(
  event: unknown = { task: 'daily' },
  variables: Record<string, string> = {},
): Promise<PostureResult> {
  const config = hub.wire.clientConfig({ maxAttempts: 1 });
  const made = {
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    securityHub: new SecurityHubClient(config),
    sns: new SNSClient(config),
  };
  clients.push(...Object.values(made));
  counts = [];
  const handler = postureHandler({
    ...made,
    environment: environmentOf('posture', { ...hub.variables, ...variables }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    meter: {
      count: (name, times = 1, by = {}) => void counts.push({ name, times, by }),
      milliseconds: () => {},
      flush: () => {},
    },
    now: () => hub.clock.now(),
    pace: () => Promise.resolve(),
  });
  return handler(event);
}

function findings() {
  return hub.wire.securityHub.findingsOf(HUB, REGION).filter(({ Id }) => Id?.startsWith('credlock/posture/'));
}

function counted(name: MetricName): number {
  return counts.filter((one) => one.name === name).reduce((sum, { times }) => sum + times, 0);
}

describe('the daily posture', () => {
  test('is one LOW finding for each account and role, however many instances and calls', async () => {
    await start();
    const second = 'i-0a11ce00000000002';
    await observed(
      oldCall('10:00'),
      oldCall('10:05'),
      oldCall('11:00'),
      oldCall('11:30', HOME_ADDRESS, { instance: second, userAgent: 'older-sdk/0.9' }),
      call('11:40', HOME_ADDRESS, { instance: 'i-0a11ce00000000003' }),
    );
    expect(await work()).toEqual({ roles: 1, reported: 1, withdrawn: 0, refused: 0 });
    const [finding, ...others] = findings();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      Id: ID,
      AwsAccountId: HUB,
      RecordState: 'ACTIVE',
      Severity: { Label: 'LOW' },
      Title: `Role orders in account ${SHOP} gets keys by IMDSv1 on 2 instances`,
    });
    expect(finding?.Description).toContain('"old-sdk/1.0", "older-sdk/0.9"');
    expect(finding?.Resources?.map(({ Type }) => Type)).toEqual(['AwsIamRole', 'AwsEc2Instance', 'AwsEc2Instance']);
    expect(counted(METRICS.rolesOnImdsV1)).toBe(1);
    expect(counted(METRICS.instancesOnImdsV1)).toBe(2);
    expect(counts.find(({ name }) => name === METRICS.instancesOnImdsV1)?.by).toEqual({ account: SHOP });
  });

  test('is not published again while nothing is new, and published again when it is seen on another day', async () => {
    await start();
    await observed(oldCall('10:00'));
    await work();
    const requests = () => hub.wire.requests.filter(({ operation }) => operation === 'BatchImportFindings').length;
    expect(await work()).toMatchObject({ reported: 0 });
    expect(requests()).toBe(1);
    hub.clock.advance(DAY);
    const later = oldCall('10:00');
    await observed({ ...later, eventTime: new Date(hub.clock.now() - 3_600_000).toISOString(), eventID: 'later-1' });
    expect(await work()).toMatchObject({ reported: 1 });
    expect(findings()[0]).toMatchObject({ CreatedAt: '2026-09-01T10:00:00Z', LastObservedAt: '2026-09-02T11:00:00Z' });
  });

  test('is withdrawn when IMDSv1 was not seen for postureQuietDays, and not before', async () => {
    await start({ postureQuietDays: 3 });
    await observed(oldCall('10:00'));
    await work();
    hub.clock.advance(2.5 * DAY);
    expect(await work()).toMatchObject({ roles: 1, withdrawn: 0 });
    hub.clock.advance(DAY);
    expect(await work()).toEqual({ roles: 0, reported: 0, withdrawn: 1, refused: 0 });
    expect(findings()[0]?.RecordState).toBe('ARCHIVED');
    expect(findings()[0]?.Description).toContain('Withdrawn: no keys of the role were got by IMDSv1 for 3 days');
    expect(await work()).toMatchObject({ withdrawn: 0 });
  });

  test('never begins with what is quiet already', async () => {
    await start({ postureQuietDays: 1 });
    await observed(oldCall('10:00'));
    hub.clock.advance(3 * DAY);
    expect(await work()).toEqual({ roles: 0, reported: 0, withdrawn: 0, refused: 0 });
    expect(findings()).toEqual([]);
  });

  test('knows the latest day whatever order records come in', async () => {
    await start();
    const dayBefore = { ...oldCall('09:00', HOME_ADDRESS, { userAgent: 'first' }), eventTime: '2026-08-31T09:00:00Z' };
    await observed(oldCall('10:00', HOME_ADDRESS, { userAgent: 'last' }), dayBefore, oldCall('09:30'));
    await work();
    expect(findings()[0]).toMatchObject({ LastObservedAt: '2026-09-01T09:30:00Z' });
    expect(findings()[0]?.Description).toContain('"old-sdk/1.0"');
  });

  test('notes where only a suspect used such credentials: the instance needs none', async () => {
    await start();
    await hub.sendEvents([call('10:00', HOME_ADDRESS), call('11:00', HOME_ADDRESS), oldCall('11:40', AWAY_ADDRESS)]);
    await hub.settle();
    await work();
    expect(findings()[0]?.Description).toContain(`on ${INSTANCE}. Only calls that credlock has findings about`);
  });

  test('reports nothing about accounts in learn mode', async () => {
    await start({ mode: { default: 'live', [SHOP]: 'learn' } });
    await observed(oldCall('10:00'), oldCall('10:00', HOME_ADDRESS, { account: '444455556666' }));
    expect(await work()).toMatchObject({ roles: 2, reported: 1 });
    expect(findings().map(({ Id }) => Id)).toEqual(['credlock/posture/aws/444455556666/orders']);
  });

  test('costs nothing where all are on IMDSv2', async () => {
    await start();
    await observed(call('10:00', HOME_ADDRESS));
    const before = hub.wire.requests.length;
    expect(await work()).toEqual({ roles: 0, reported: 0, withdrawn: 0, refused: 0 });
    expect(hub.wire.requests.slice(before).map(({ service }) => service)).not.toContain('securityhub');
  });

  test('fails where Security Hub refuses a finding, and publishes it the next time', async () => {
    await start();
    await observed(oldCall('10:00'));
    hub.wire.fail({ operation: 'BatchImportFindings' }, { kind: 'throttle' });
    await expect(work()).rejects.toThrow('Security Hub refused 1 findings about posture');
    expect(counted(METRICS.publishingFailed)).toBe(1);
    expect(await work()).toMatchObject({ reported: 1 });
  });
});

describe('the weekly summary', () => {
  test('is published to SNS, with a line for each role', async () => {
    await start();
    await observed(oldCall('10:00'));
    await work({ task: 'summary' });
    const [message] = hub.wire.sns.messages;
    expect(message?.subject).toBe('credlock: 1 role on 1 instance in 1 account fetched credentials by IMDSv1');
    expect(message?.message).toContain(`${SHOP} orders: ${INSTANCE}, last 2026-09-01`);
  });

  test('is not published by the daily run, nor without a topic', async () => {
    await start();
    await observed(oldCall('10:00'));
    await work();
    await work({ task: 'summary' }, { CREDLOCK_FINDINGS_TOPIC_ARN: '' });
    expect(hub.wire.sns.messages).toEqual([]);
  });
});
