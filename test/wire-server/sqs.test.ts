import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type ReceiveMessageCommandInput,
  type SendMessageBatchRequestEntry,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { manualClock } from './clock';
import { startWireServer, type WireServer } from './wire-server';

const clock = manualClock('2026-09-01T00:00:00Z');
const HOME = { account: '111122223333', region: 'eu-central-1' };
let wire: WireServer;
let sqs: SQSClient;
let url: string;

beforeEach(async () => {
  wire = await startWireServer({ clock });
  sqs = new SQSClient(wire.clientConfig());
  url = wire.sqs.createQueue('suspicions', HOME);
});

afterEach(async () => {
  sqs.destroy();
  await wire.close();
});

function send(given: Partial<SendMessageCommandInput> = {}) {
  return sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'body', ...given }));
}

function sendBatch(...entries: Partial<SendMessageBatchRequestEntry>[]) {
  const all = entries.map((entry, index) => ({ Id: String(index), MessageBody: 'body', ...entry }));
  return sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: all }));
}

async function receive(given: Partial<ReceiveMessageCommandInput> = {}) {
  const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, ...given }));
  return messages;
}

describe('sending and receiving', () => {
  test('a message comes back with its body, attributes and digests the SDK checks', async () => {
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'suspicion' },
      tries: { DataType: 'Number', StringValue: '2' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    };
    const sent = await send({ MessageBody: 'grüße', MessageAttributes });
    // The documented algorithm, computed apart from this server.
    expect(sent.MD5OfMessageAttributes).toBe('56c6b93073d6e1089d3e79290965fadf');
    const [message] = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'grüße',
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(clock.now()) },
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    });
    expect(message?.MessageAttributes?.['kind']).toEqual(MessageAttributes.kind);
    expect(Buffer.from(message?.MessageAttributes?.['raw']?.BinaryValue ?? [])).toEqual(Buffer.from([0, 255]));
  });

  test('a delay hides a message until it has passed', async () => {
    await send({ DelaySeconds: 300 });
    expect(await receive()).toEqual([]);
    expect(wire.sqs.queue(url).delayed).toHaveLength(1);
    clock.advance(299_999);
    expect(await receive()).toEqual([]);
    clock.advance(1);
    expect(await receive()).toHaveLength(1);
  });

  test('the delay of the queue holds where a message has none', async () => {
    url = wire.sqs.createQueue('delayed', { ...HOME, delaySeconds: 60 });
    await sendBatch({}, { DelaySeconds: 0 });
    expect(await receive({ MaxNumberOfMessages: 10 })).toHaveLength(1);
  });

  test('a received message is hidden until its timeout and comes again, unless deleted', async () => {
    await send();
    const [first] = await receive();
    expect(await receive()).toEqual([]);
    expect(wire.sqs.queue(url).inFlight).toHaveLength(1);
    clock.advance(30_000);
    const [second] = await receive({ VisibilityTimeout: 5, MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(second?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    expect(wire.sqs.queue(url).messages).toHaveLength(1);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: second?.ReceiptHandle }));
    expect(wire.sqs.queue(url).messages).toEqual([]);
    expect(wire.sqs.queue(url).deleted).toEqual([first?.MessageId]);
  });

  test('GetQueueAttributes counts what is visible, delayed and in flight', async () => {
    await sendBatch({}, {}, { DelaySeconds: 10 });
    await receive();
    const { Attributes: shown } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    expect(shown).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      QueueArn: 'arn:aws:sqs:eu-central-1:111122223333:suspicions',
      VisibilityTimeout: '30',
    });
    const one = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    expect(Object.keys((await sqs.send(one)).Attributes ?? {})).toEqual(['QueueArn']);
    const unknown = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['Policy'] });
    await expect(sqs.send(unknown)).rejects.toMatchObject({ name: 'InvalidAttributeName' });
  });

  test('a queue is found by account and name, whatever the host of its URL', async () => {
    await send({ QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/suspicions' });
    expect(wire.sqs.queue(url).messages).toHaveLength(1);
  });
});

describe('limits of one message', () => {
  test.each([
    ['a delay of 901 s', { DelaySeconds: 901 }, { DelaySeconds: 900 }, 'InvalidParameterValue'],
    ['a negative delay', { DelaySeconds: -1 }, { DelaySeconds: 0 }, 'InvalidParameterValue'],
    ['an empty body', { MessageBody: '' }, { MessageBody: ' ' }, 'MissingParameter'],
    ['no body', { MessageBody: undefined }, {}, 'MissingParameter'],
    ['a control character', { MessageBody: 'a\u0001' }, { MessageBody: 'a\t\n\r\u{1f600}' }, 'InvalidMessageContents'],
    ['half of a surrogate pair', { MessageBody: '\ud83d' }, { MessageBody: '\u{1f600}' }, 'InvalidMessageContents'],
    ['U+FFFF', { MessageBody: '\uffff' }, { MessageBody: '\ufffd' }, 'InvalidMessageContents'],
    [
      'more than 1 MiB',
      { MessageBody: 'x'.repeat(1_048_577) },
      { MessageBody: 'x'.repeat(1_048_576) },
      'InvalidParameterValue',
    ],
    [
      'more than 1 MiB with attributes',
      { MessageBody: 'x'.repeat(1_048_569), MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } },
      { MessageBody: 'x'.repeat(1_048_568), MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [
      'eleven attributes',
      { MessageAttributes: attributes(11) },
      { MessageAttributes: attributes(10) },
      'InvalidParameterValue',
    ],
    [
      'an attribute of a reserved name',
      { MessageAttributes: { 'AWS.x': { DataType: 'String', StringValue: 'x' } } },
      { MessageAttributes: { 'x.AWS': { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [
      'an attribute of an unknown type',
      { MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
      { MessageAttributes: { a: { DataType: 'String.text', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [
      'an empty attribute',
      { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
      { MessageAttributes: { a: { DataType: 'Number', StringValue: '0' } } },
      'InvalidParameterValue',
    ],
    ['a group', { MessageGroupId: 'g' }, {}, 'NotImplemented'],
    ['an unknown queue', { QueueUrl: 'http://127.0.0.1/111122223333/none' }, {}, 'QueueDoesNotExist'],
  ])('refuses %s', async (_, wrong, right, name) => {
    await expect(send(wrong)).rejects.toMatchObject({ name });
    expect(wire.sqs.queue(url).messages).toEqual([]);
    await expect(send(right)).resolves.toMatchObject({ MessageId: expect.any(String) });
  });

  test('denies the queue of another account', async () => {
    const other = new SQSClient(wire.clientConfig({ account: '444455556666' }));
    const command = new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' });
    await expect(other.send(command)).rejects.toMatchObject({ name: 'AccessDenied' });
    other.destroy();
  });
});

const many = (count: number) => Array.from({ length: count }, () => ({}));

describe('limits of a batch', () => {
  test('takes ten entries; refuses eleven and none', async () => {
    await expect(sendBatch(...many(11))).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
    await expect(sendBatch()).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
    expect((await sendBatch(...many(10))).Successful).toHaveLength(10);
  });

  test('takes 1 MiB together and refuses one byte more', async () => {
    const half = { MessageBody: 'x'.repeat(524_288) };
    await expect(sendBatch(half, half, {})).rejects.toMatchObject({ name: 'BatchRequestTooLong' });
    expect((await sendBatch(half, half)).Successful).toHaveLength(2);
  });

  test('refuses ids that repeat, are too long or have other characters', async () => {
    await expect(sendBatch({ Id: 'a' }, { Id: 'a' })).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    await expect(sendBatch({ Id: 'a.b' })).rejects.toMatchObject({ name: 'InvalidBatchEntryId' });
    await expect(sendBatch({ Id: 'x'.repeat(81) })).rejects.toMatchObject({ name: 'InvalidBatchEntryId' });
    expect((await sendBatch({ Id: `${'x'.repeat(78)}_-` })).Failed).toEqual([]);
  });

  test('fails a wrong entry alone', async () => {
    const answer = await sendBatch({ DelaySeconds: 901 }, { DelaySeconds: 900 });
    expect(answer.Failed).toMatchObject([{ Id: '0', Code: 'InvalidParameterValue', SenderFault: true }]);
    expect(answer.Successful).toMatchObject([{ Id: '1' }]);
  });

  test('fails the entries a test chooses', async () => {
    wire.fail(
      { operation: 'SendMessageBatch' },
      { kind: 'entries', which: (_, index) => index === 1, code: 'InternalError' },
    );
    const answer = await sendBatch({}, {}, {});
    expect(answer.Failed).toMatchObject([{ Id: '1', Code: 'InternalError', SenderFault: false }]);
    expect(wire.sqs.queue(url).messages).toHaveLength(2);
  });

  test('deletes by handle, and fails what is no handle', async () => {
    await sendBatch({}, {});
    const [first] = await receive({ MaxNumberOfMessages: 10 });
    const Entries = [
      { Id: 'good', ReceiptHandle: first?.ReceiptHandle },
      { Id: 'bad', ReceiptHandle: 'x' },
    ];
    const answer = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(answer.Successful).toEqual([{ Id: 'good' }]);
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);
    expect(wire.sqs.queue(url).messages).toHaveLength(1);
    await expect(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'x' }))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });
});

test.each([
  ['11 messages', { MaxNumberOfMessages: 11 }],
  ['no messages', { MaxNumberOfMessages: 0 }],
  ['a timeout of more than 12 hours', { VisibilityTimeout: 43_201 }],
  ['a wait of 21 s', { WaitTimeSeconds: 21 }],
])('ReceiveMessage refuses %s', async (_, wrong) => {
  await expect(receive(wrong)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

function attributes(count: number) {
  const pairs = Array.from({ length: count }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]);
  return Object.fromEntries(pairs);
}
