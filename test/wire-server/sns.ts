import {
  Publish$,
  type MessageAttributeValue,
  type PublishCommandInput,
  type PublishResponse,
} from '@aws-sdk/client-sns';
import { operation, type Call, type Service } from './operation';
import { query } from './protocols/query';
import { WireError } from './wire-error';

export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
}

export interface Sns {
  readonly messages: readonly Notification[];
  /** Makes a topic and gives its ARN. */
  createTopic(name: string, where: { account: string; region: string }): string;
}

/** SDK model, `PublishInput.Message`: 256 KiB by default, body and attributes together. */
const BYTES = 262_144;

/** The model says "less than 100 characters"; AWS accepts 100 and refuses 101 (getmoto/moto#1503). */
const SUBJECT = 100;

export function sns(): { state: Sns; service: Service } {
  const messages: Notification[] = [];
  const topics = new Set<string>();

  function publish(input: PublishCommandInput, call: Call): PublishResponse {
    const { TopicArn: topicArn, Message: message = '', Subject: subject, MessageAttributes: attributes = {} } = input;
    if (topicArn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
    if (!topics.has(topicArn)) throw new WireError('NotFound', 'Topic does not exist', 404);
    if (topicArn.split(':')[4] !== call.account) {
      throw new WireError('AuthorizationError', `User: ${call.arn} is not authorized to perform: SNS:Publish`, 403);
    }
    if (message === '') throw invalid('Empty message');
    if (subject !== undefined && !isSubject(subject)) throw invalid('Subject');
    if (Buffer.byteLength(message, 'utf8') + attributeBytes(attributes) > BYTES) throw invalid('Message too long');
    const messageId = `00000000-0000-4000-9000-${String(messages.length + 1).padStart(12, '0')}`;
    messages.push({ messageId, topicArn, subject, message, attributes });
    return { MessageId: messageId };
  }

  return {
    service: {
      name: 'sns',
      protocol: query('2010-03-31', 'http://sns.amazonaws.com/doc/2010-03-31/'),
      refusal: { missing: 'ValidationError', invalid: 'InvalidParameter' },
      throttle: { code: 'Throttled', message: 'Rate exceeded', status: 429 },
      operations: [operation(Publish$, { honours: ['TopicArn', 'Message', 'Subject', 'MessageAttributes'] }, publish)],
    },
    state: {
      messages,
      createTopic(name, { account, region }) {
        const arn = `arn:aws:sns:${region}:${account}:${name}`;
        topics.add(arn);
        return arn;
      },
    },
  };
}

function invalid(what: string): WireError {
  return new WireError('InvalidParameter', `Invalid parameter: ${what}`);
}

/** The API reference long said "ASCII text that begins with a letter, number, or punctuation mark"; the stricter way. */
function isSubject(subject: string): boolean {
  return subject.length <= SUBJECT && /^[\x21-\x7e][\x20-\x7e]*$/.test(subject);
}

function attributeBytes(attributes: Record<string, MessageAttributeValue>): number {
  return Object.entries(attributes).reduce((bytes, [name, value]) => {
    const texts = [name, value.DataType, value.StringValue].map((text) => Buffer.byteLength(text ?? '', 'utf8'));
    return bytes + texts.reduce((sum, size) => sum + size, value.BinaryValue?.length ?? 0);
  }, 0);
}
