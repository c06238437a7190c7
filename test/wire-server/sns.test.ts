import { PublishCommand, SNSClient, type PublishCommandInput } from '@aws-sdk/client-sns';
import { startWireServer, type WireServer } from './wire-server';

let wire: WireServer;
let sns: SNSClient;
let topic: string;

beforeEach(async () => {
  wire = await startWireServer();
  sns = new SNSClient(wire.clientConfig());
  topic = wire.sns.createTopic('findings', { account: '111122223333', region: 'eu-central-1' });
});

afterEach(async () => {
  sns.destroy();
  await wire.close();
});

function publish(given: Partial<PublishCommandInput>) {
  return sns.send(new PublishCommand({ TopicArn: topic, Message: 'text', ...given }));
}

test('keeps a message with its subject and attributes, whatever characters it has', async () => {
  const Message = 'line 1\nline 2 & <ü> + 100 % =';
  const MessageAttributes = { severity: { DataType: 'String', StringValue: 'HIGH' } };
  const { MessageId: messageId } = await publish({ Message, Subject: 'HIGH OutsideAWS', MessageAttributes });
  expect(wire.sns.messages).toEqual([
    { messageId, topicArn: topic, subject: 'HIGH OutsideAWS', message: Message, attributes: MessageAttributes },
  ]);
});

const invalid = 'InvalidParameterException';
test.each([
  ['a subject of 101', { Subject: 'x'.repeat(101) }, { Subject: 'x'.repeat(100) }, invalid],
  ['a subject with a line break', { Subject: 'a\nb' }, { Subject: 'a b' }, invalid],
  ['a subject that is not ASCII', { Subject: 'größe' }, { Subject: '[size]' }, invalid],
  ['a subject that begins with a space', { Subject: ' a' }, { Subject: 'a ' }, invalid],
  ['an empty message', { Message: '' }, { Message: ' ' }, invalid],
  ['no message', { Message: undefined }, {}, 'ValidationError'],
  ['more than 256 KiB', { Message: 'ü'.repeat(131_073) }, { Message: 'ü'.repeat(131_072) }, invalid],
  [
    'more than 256 KiB with attributes',
    { Message: 'x'.repeat(262_137), MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } },
    { Message: 'x'.repeat(262_136), MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } },
    invalid,
  ],
  ['no topic', { TopicArn: undefined }, {}, invalid],
  ['a message by protocol', { MessageStructure: 'json' }, {}, 'NotImplemented'],
])('refuses %s', async (_, wrong, right, name) => {
  await expect(publish(wrong)).rejects.toMatchObject({ name });
  expect(wire.sns.messages).toEqual([]);
  await publish(right);
});

test('refuses a topic that does not exist, and one of another account', async () => {
  await expect(publish({ TopicArn: `${topic}-2` })).rejects.toMatchObject({ name: 'NotFoundException' });
  const other = wire.sns.createTopic('other', { account: '444455556666', region: 'eu-central-1' });
  await expect(publish({ TopicArn: other })).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
});

test('is throttled by its own error', async () => {
  wire.fail({ service: 'sns' }, { kind: 'throttle' });
  await expect(publish({})).rejects.toMatchObject({ name: 'ThrottledException', $metadata: { httpStatusCode: 429 } });
});
