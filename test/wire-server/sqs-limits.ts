import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { WireError } from './wire-error';

/** SDK model, SendMessageBatch: a message, and all of a batch together, "are both 1 MiB 1,048,576 bytes". */
const BYTES = 1_048_576;

/** SDK model, `TooManyEntriesInBatchRequest`: 10. */
const ENTRIES = 10;

/** Developer guide, quotas of messages: "up to 10 metadata attributes". */
const ATTRIBUTES = 10;

/** SDK model, `SendMessageBatchRequestEntry.Id`: up to 80 characters. */
const ID = /^[\w-]{1,80}$/;

type Attributes = Readonly<Record<string, MessageAttributeValue>>;

/** SDK model, `MessageAttributeValue`: name, type and value are part of the message size. */
export function sizeOf(body: string, attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, value]) => {
      const texts = [name, value.DataType, value.StringValue].map((text) => Buffer.byteLength(text ?? '', 'utf8'));
      return bytes + texts.reduce((sum, size) => sum + size, value.BinaryValue?.length ?? 0);
    },
    Buffer.byteLength(body, 'utf8'),
  );
}

/** The messages are AWS's (inferablehq/inferable#306, floci-io/floci#907): too long a batch fails whole. */
export function checkBatchSize(sizes: readonly number[], kind: 'one' | 'batch'): void {
  const sum = sizes.reduce((bytes, size) => bytes + size, 0);
  if (sum <= BYTES) return;
  if (kind === 'one') {
    const reason = `Message must be shorter than ${BYTES} bytes.`;
    throw new WireError('InvalidParameterValue', `One or more parameters are invalid. Reason: ${reason}`);
  }
  throw batchError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${BYTES} bytes. You have sent ${sum} bytes.`,
  );
}

/** The entries of a batch, if there are 1 to 10 with ids of the allowed form, all different. */
export function batchOf<Entry extends { Id: string | undefined }>(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length === 0) throw batchError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > ENTRIES) {
    const message = `Maximum number of entries per request are ${ENTRIES}. You have sent ${entries.length}.`;
    throw batchError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map(({ Id: id }) => id ?? '');
  if (!ids.every((id) => ID.test(id))) {
    const message =
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
    throw batchError('InvalidBatchEntryId', message);
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw batchError('BatchEntryIdsNotDistinct', `Id ${twice} repeated.`);
  return entries;
}

export function checkMessage(body: string, attributes: Attributes): void {
  if (body === '') throw new WireError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (![...body].every(isAllowed)) {
    throw new WireError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | …',
    );
  }
  const names = Object.keys(attributes);
  if (names.length > ATTRIBUTES) {
    const message = `Number of message attributes [${names.length}] exceeds the allowed maximum [${ATTRIBUTES}].`;
    throw new WireError('InvalidParameterValue', message);
  }
  for (const name of names) checkAttribute(name, attributes[name]);
}

/** SDK model, SendMessage: `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`. */
function isAllowed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

/** SDK model, `ReceiveMessageRequest.MessageAttributeNames` (the form of a name) and `MessageAttributeValue` (types). */
function checkAttribute(name: string, value: MessageAttributeValue | undefined): void {
  const formed = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)(?!.*\.$)[\w.-]{1,256}$/i.test(name);
  if (!formed) throw new WireError('InvalidParameterValue', `Message attribute name '${name}' is invalid.`);
  const [type = ''] = (value?.DataType ?? '').split('.');
  if (!['String', 'Number', 'Binary'].includes(type)) {
    const message = `The message attribute '${name}' has an invalid message attribute type.`;
    throw new WireError('InvalidParameterValue', message);
  }
  const content = type === 'Binary' ? value?.BinaryValue : value?.StringValue;
  if (content === undefined || content.length === 0) {
    const message = `The message attribute '${name}' must contain non-empty message attribute value for type ${type}.`;
    throw new WireError('InvalidParameterValue', message);
  }
}

/** In AWS's words (aws-samples/amazon-sqs-dlq-replay-backoff#8). */
export function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalidValue(name, String(value), `must be >= ${least} and <= ${most}`);
}

export function invalidValue(name: string, value: string, rule: string): WireError {
  return new WireError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${name} is invalid. Reason: ${name} ${rule}.`,
  );
}

function batchError(code: string, message: string): WireError {
  return new WireError(code, message, 400, `AWS.SimpleQueueService.${code}`);
}
