import { PublishCommand } from '@aws-sdk/client-sns';
import { visible } from '../../detection/model/printable';
import type { TopicFormat } from '../../detection/vocabulary';
import { cutEnd } from '../security-hub/asff-limits';
import { textAttributes } from '../sqs/send-messages';

/** The topic of a handler's environment. */
export interface FindingsTopic {
  readonly findingsTopicArn: string;
  readonly findingsTopicFormat: TopicFormat;
}

export interface TopicMessage {
  /** Up to 100 characters of ASCII. */
  readonly subject: string;
  /** Plain text. */
  readonly message: string;
  /** Messages with the same id are of one thread. */
  readonly thread?: string;
  readonly nextSteps?: readonly string[];
  /** To filter by. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Chat clients cut longer texts. */
const MOST_TITLE = 250;
const MOST_TEXT = 4_000;
const MOST_STEPS = 5;
const MOST_STEP = 350;

/** The request that publishes a message in the topic's format. */
export function topicRequest(
  { findingsTopicArn, findingsTopicFormat }: FindingsTopic,
  message: TopicMessage,
): PublishCommand {
  const { subject, attributes } = message;
  return new PublishCommand({
    TopicArn: findingsTopicArn,
    Subject: subject,
    Message: findingsTopicFormat === 'amazon-q' ? JSON.stringify(customNotification(message)) : message.message,
    ...(attributes && { MessageAttributes: textAttributes(attributes) }),
  });
}

/** The custom notification of Amazon Q Developer in chat applications, which passes over messages of any other form. */
function customNotification({ subject, message, thread, nextSteps = [] }: TopicMessage): object {
  const steps = nextSteps.slice(0, MOST_STEPS).map((step) => inert(cutEnd(step, MOST_STEP)));
  return {
    version: '1.0',
    source: 'custom',
    ...(thread !== undefined && { id: thread }),
    content: {
      textType: 'client-markdown',
      title: inert(cutEnd(subject, MOST_TITLE)),
      description: inert(cutEnd(message, MOST_TEXT)),
      ...(steps.length > 0 && { nextSteps: steps }),
    },
    ...(thread !== undefined && { metadata: { threadId: thread, summary: inert(subject) } }),
  };
}

/** Names in records must not hide text, mention a channel (`<!here>`) or be links. */
function inert(text: string): string {
  return visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
