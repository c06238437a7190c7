import { createServer } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EC2Client, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { EventBridgeClient, ListArchivesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { distinctRequests } from './wire-request';
import { startWireServer, type WireServer } from './wire-server';

const HOME = { account: '111122223333', region: 'eu-central-1' };
const ENTRY = { Source: 'credlock', DetailType: 'Credlock Finding', Detail: '{}' };
let wire: WireServer;
let events: EventBridgeClient;
let sqs: SQSClient;
let url: string;

beforeEach(async () => {
  wire = await startWireServer();
  events = new EventBridgeClient(wire.clientConfig());
  sqs = new SQSClient(wire.clientConfig());
  url = wire.sqs.createQueue('queue', HOME);
});

afterEach(async () => {
  events.destroy();
  sqs.destroy();
  await wire.close();
});

function put(detail = '{}') {
  return events.send(new PutEventsCommand({ Entries: [{ ...ENTRY, Detail: detail }] }));
}

function send(body: string) {
  return sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
}

describe('faults', () => {
  test('a connection dropped before acting leaves nothing done', async () => {
    const fault = wire.fail({ operation: 'PutEvents' }, { kind: 'drop-before' });
    await expect(put()).rejects.toThrow('socket hang up');
    expect(wire.eventBridge.events).toEqual([]);
    expect(fault.hits).toBe(1);
    await put();
    expect(wire.requests.map(({ outcome }) => outcome)).toEqual(['drop-before', 'answered']);
  });

  test('a connection dropped after acting leaves everything done, and a retry does it twice', async () => {
    wire.fail({ operation: 'PutEvents' }, { kind: 'drop-after' });
    await expect(put()).rejects.toThrow('socket hang up');
    expect(wire.eventBridge.events).toHaveLength(1);

    const patient = new EventBridgeClient(wire.clientConfig({ maxAttempts: 2 }));
    wire.fail({ operation: 'PutEvents' }, { kind: 'drop-after' });
    await patient.send(new PutEventsCommand({ Entries: [ENTRY] }));
    patient.destroy();
    expect(wire.eventBridge.events).toHaveLength(3);
    expect(wire.requests.map(({ outcome }) => outcome)).toEqual(['drop-after', 'drop-after', 'answered']);
  });

  test('throttling once, or N times, is what the SDK retries', async () => {
    wire.fail({ operation: 'PutEvents' }, { kind: 'throttle', times: 2 });
    await expect(put()).rejects.toMatchObject({ name: 'ThrottlingException' });
    const patient = new EventBridgeClient(wire.clientConfig({ maxAttempts: 2 }));
    await patient.send(new PutEventsCommand({ Entries: [ENTRY] }));
    patient.destroy();
    expect(wire.eventBridge.events).toHaveLength(1);
  });

  test('meets the chosen request only: by what it holds, and after so many', async () => {
    wire.fail({ where: ({ body }) => body.includes('poison') }, { kind: 'error', code: 'InternalException' });
    wire.fail({ service: 'sqs', operation: 'SendMessage', after: 2 }, { kind: 'drop-before', times: Infinity });
    await put();
    await expect(put('{"a":"poison"}')).rejects.toMatchObject({ name: 'InternalException' });
    await send('1');
    await send('2');
    await expect(send('3')).rejects.toThrow();
    await expect(send('4')).rejects.toThrow();
    expect(wire.sqs.queue(url).messages.map(({ body }) => body)).toEqual(['1', '2']);
  });

  test('is over when cleared', async () => {
    const fault = wire.fail({ service: 'sqs' }, { kind: 'drop-before', times: Infinity });
    await expect(send('1')).rejects.toThrow();
    fault.clear();
    await send('2');
    expect(fault.hits).toBe(1);
  });

  test('entries of an operation that has none are a mistake of the test, said aloud', async () => {
    wire.fail({ service: 'sqs' }, { kind: 'entries', which: () => true, code: 'x' });
    await expect(send('1')).rejects.toThrow('SendMessage has no entries');
  });

  test.each([
    ['securityhub', 'TooManyRequestsException'],
    ['events', 'ThrottlingException'],
    ['sqs', 'RequestThrottled'],
    ['sns', 'ThrottledException'],
    ['sts', 'Throttling'],
    ['ec2', 'RequestLimitExceeded'],
    ['s3', 'SlowDown'],
  ])('the SDK takes the throttling of %s for throttling', async (service, name) => {
    wire.fail({ service }, { kind: 'throttle', times: 2 });
    await expect(callAny(service, 1)).rejects.toMatchObject({ name });
    await expect(callAny(service, 2)).resolves.toBeDefined();
    expect(wire.requests.map(({ outcome }) => outcome)).toEqual([expect.any(String), expect.any(String), 'answered']);
  });
});

async function callAny(service: string, maxAttempts: number): Promise<object> {
  const config = wire.clientConfig({ maxAttempts });
  switch (service) {
    case 'securityhub':
      return once(new SecurityHubClient(config), (client) => client.send(new GetFindingsCommand({})));
    case 'events':
      return once(new EventBridgeClient(config), (client) => client.send(new PutEventsCommand({ Entries: [ENTRY] })));
    case 'sqs':
      return once(new SQSClient(config), (client) => client.send(new ReceiveMessageCommand({ QueueUrl: url })));
    case 'sns': {
      const TopicArn = wire.sns.createTopic('topic', HOME);
      return once(new SNSClient(config), (client) => client.send(new PublishCommand({ TopicArn, Message: 'x' })));
    }
    case 'sts':
      return once(new STSClient(config), (client) => client.send(new GetCallerIdentityCommand({})));
    case 'ec2':
      return once(new EC2Client(config), (client) => client.send(new DescribeInstancesCommand({})));
    default:
      wire.s3.createBucket('bucket', { owner: HOME.account, region: HOME.region });
      return once(new S3Client(config), (client) => client.send(new ListObjectsV2Command({ Bucket: 'bucket' })));
  }
}

async function once<Client extends { destroy(): void }>(client: Client, use: (client: Client) => Promise<object>) {
  return use(client).finally(() => client.destroy());
}

const sendThree = async (): Promise<void> => {
  await send('a');
  await send('b');
  await send('a');
};

describe('requests', () => {
  test('are kept in order, with what they held and how often they came', async () => {
    await send('a');
    await put();
    await send('a');
    await expect(send('')).rejects.toThrow();
    expect(wire.requests).toMatchObject([
      { service: 'sqs', operation: 'SendMessage', ...HOME, count: 1, input: { MessageBody: 'a' }, outcome: 'answered' },
      { service: 'events', operation: 'PutEvents', target: 'POST /', input: { Entries: [ENTRY] }, count: 1 },
      { service: 'sqs', operation: 'SendMessage', count: 2, body: expect.stringContaining('"MessageBody":"a"') },
      { service: 'sqs', operation: 'SendMessage', count: 1, outcome: 'MissingParameter' },
    ]);
  });

  test('a crash test can list the distinct ones and meet each', async () => {
    await sendThree();
    const distinct = distinctRequests(wire.requests);
    expect(distinct.map(({ operation, count }) => [operation, count])).toEqual([
      ['SendMessage', 2],
      ['SendMessage', 1],
    ]);
    for (const { body } of distinct) {
      const crash = wire.fail({ where: (request) => request.body === body }, { kind: 'drop-after', times: Infinity });
      await expect(sendThree()).rejects.toThrow();
      crash.clear();
    }
  });

  test('an S3 request is told by its path, its body by its digest', async () => {
    const s3 = new S3Client(wire.clientConfig());
    wire.s3.createBucket('bucket', { owner: HOME.account, region: HOME.region });
    await expect(s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a b' }))).rejects.toThrow();
    s3.destroy();
    expect(wire.requests).toMatchObject([
      { service: 's3', operation: 'GetObject', target: 'GET /bucket/a%20b?x-id=GetObject', outcome: 'NoSuchKey' },
    ]);
  });
});

async function raw(given: { service: string; headers?: Record<string, string>; body: string; path?: string }) {
  const { accessKeyId } = wire.clientConfig().credentials;
  const scope = `${accessKeyId}/20260901/eu-central-1/${given.service}/aws4_request`;
  const response = await fetch(`${wire.endpoint}${given.path ?? '/'}`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      ...given.headers,
    },
    body: given.body,
  });
  return { status: response.status, text: await response.text() };
}

describe('requests that break the model', () => {
  const putEvents = (body: string) =>
    raw({
      service: 'events',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
      body,
    });
  const form = (service: string, body: string) =>
    raw({ service, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });

  test.each([
    ['no JSON', '{', 'SerializationException', 'the body is not JSON'],
    ['an unknown member', '{"Entries":[{"Sauce":"x"}]}', 'SerializationException', 'PutEvents.Entries.0.Sauce is no'],
    ['a wrong type', '{"Entries":[{"Source":1}]}', 'SerializationException', 'must be string, got number'],
    ['no list', '{"Entries":{}}', 'SerializationException', 'PutEvents.Entries must be an array, got object'],
    ['a missing member', '{}', 'ValidationException', 'PutEvents.Entries is required'],
  ])('JSON: %s', async (_, body, code, message) => {
    const answer = await putEvents(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ __type: code, message: expect.stringContaining(message) });
  });

  test('REST JSON: an unknown member, at any depth', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = '{"Findings":[{"Action":{"AwsApiCallAction":{"RemoteIpDetails":{"IpAddressV6":"2001:db8::1"}}}}]}';
    const answer = await raw({ service: 'securityhub', path: '/findings/import', headers, body });
    expect(answer.text).toContain('Findings.0.Action.AwsApiCallAction.RemoteIpDetails.IpAddressV6 is no member');
    expect(answer.text).toContain('InvalidInputException');
  });

  test.each([
    ['an unknown parameter', 'Action=Publish&Version=2010-03-31&Message=x&Topic=y', 'InvalidParameter'],
    [
      'a gap in a map',
      'Action=Publish&Version=2010-03-31&Message=x&MessageAttributes.entry.2.Name=a',
      'InvalidParameter',
    ],
    ['another version', 'Action=Publish&Version=2020-01-01&Message=x', 'UnknownOperationException'],
  ])('query: %s', async (_, body, code) => {
    const answer = await form('sns', body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
  });

  test.each([
    ['an unknown parameter', 'Action=DescribeInstances&Version=2016-11-15&Filter.1.Nam=x', 'UnknownParameter'],
    ['a wrong number', 'Action=DescribeInstances&Version=2016-11-15&MaxResults=many', 'UnknownParameter'],
    ['a list that begins at 2', 'Action=DescribeInstances&Version=2016-11-15&InstanceId.2=i-1', 'UnknownParameter'],
  ])('EC2: %s', async (_, body, code) => {
    expect((await form('ec2', body)).text).toContain(`<Code>${code}</Code>`);
  });

  test('S3: an unknown header', async () => {
    wire.s3.createBucket('bucket', { owner: HOME.account, region: HOME.region });
    const scope = `${wire.clientConfig().credentials.accessKeyId}/20260901/eu-central-1/s3/aws4_request`;
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host`,
      'x-amz-acl': 'private',
    };
    const answer = await fetch(`${wire.endpoint}/bucket/key`, { headers });
    expect(await answer.text()).toContain('x-amz-acl');
    expect(answer.status).toBe(400);
  });

  test('unsigned, unknown services and unknown operations are refused', async () => {
    expect((await fetch(wire.endpoint)).status).toBe(403);
    expect((await raw({ service: 'iam', body: '' })).text).toContain('unknown service: iam');
    await expect(events.send(new ListArchivesCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
    expect(wire.requests.map(({ outcome }) => outcome)).toEqual([
      'MissingAuthenticationToken',
      'UnknownOperationException',
      'UnknownOperationException',
    ]);
  });
});

test('rates can be set and lifted', async () => {
  const strict = await startWireServer({ rates: { 'securityhub.GetFindings': { perSecond: 0, burst: 1 } } });
  const free = await startWireServer({ rates: {} });
  const [first, second] = [strict, free].map((server) => new SecurityHubClient(server.clientConfig()));
  await first?.send(new GetFindingsCommand({}));
  await expect(first?.send(new GetFindingsCommand({}))).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  for (let call = 0; call < 7; call += 1) await second?.send(new GetFindingsCommand({}));
  first?.destroy();
  second?.destroy();
  await Promise.all([strict.close(), free.close()]);
});

test('passes DynamoDB on unread, with its faults and its place in the log', async () => {
  const seen: string[] = [];
  const database = createServer((request, response) => {
    seen.push(String(request.headers['x-amz-target']));
    const answer = JSON.stringify({ Item: { id: { S: 'x' } } });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(answer);
  });
  await new Promise<void>((listening) => database.listen(0, '127.0.0.1', listening));
  const address = database.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const server = await startWireServer({ dynamodb: `http://127.0.0.1:${port}` });
  const dynamodb = new DynamoDBClient(server.clientConfig());
  const get = () => dynamodb.send(new GetItemCommand({ TableName: 'locks', Key: { id: { S: 'x' } } }));

  expect((await get()).Item).toEqual({ id: { S: 'x' } });
  server.fail({ service: 'dynamodb', operation: 'GetItem' }, { kind: 'drop-before' });
  server.fail({ service: 'dynamodb' }, { kind: 'drop-after' });
  server.fail({ service: 'dynamodb' }, { kind: 'throttle' });
  await expect(get()).rejects.toThrow('socket hang up');
  expect(seen).toHaveLength(1);
  await expect(get()).rejects.toThrow('socket hang up');
  expect(seen).toHaveLength(2);
  await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(seen).toEqual(['DynamoDB_20120810.GetItem', 'DynamoDB_20120810.GetItem']);
  expect(server.requests).toMatchObject([
    { service: 'dynamodb', operation: 'GetItem', count: 1, outcome: 'answered' },
    { count: 2, outcome: 'drop-before' },
    { count: 3, outcome: 'drop-after' },
    { count: 4, outcome: 'ThrottlingException' },
  ]);
  dynamodb.destroy();
  await server.close();
  await new Promise((closed) => database.close(closed));
});
