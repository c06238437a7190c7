import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Quarantine } from '../../observing/quarantine';
import { withoutSecrets } from '../../observing/redact-secrets';
import { SQS_LIMITS, textAttributes } from './send-messages';

/** Room for the attributes. */
const MOST_BODY = SQS_LIMITS.bytes - 8_192;
const MOST_DETAIL = 1_000;

/**
 * Puts messages into the quarantine queue: the body without secrets, so that it can be sent again once the cause is fixed;
 * reason, detail and the message's id as attributes.
 */
export function quarantineInSqs(client: SQSClient, queueUrl: string): Quarantine {
  return async ({ body, reason, detail, messageId }) => {
    const attributes = { reason, detail: withoutSecrets(detail).slice(0, MOST_DETAIL), messageId };
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: withinBytes(withoutSecrets(body), MOST_BODY) || '(empty)',
        MessageAttributes: textAttributes(attributes),
      }),
    );
  };
}

function withinBytes(text: string, most: number): string {
  const bytes = Buffer.from(text, 'utf8');
  // A character that is cut in two would come out as U+FFFD.
  return bytes.length <= most ? text : new TextDecoder().decode(bytes.subarray(0, most), { stream: true });
}
