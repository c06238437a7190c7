import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import type { Faults } from '../batching';
import { textAttributes } from '../sqs/send-messages';
import { isWorthTelling, messageOf, subjectOf } from './finding-message';

/**
 * Tells people what is worth it by SNS, with `severity`, `type`, `status` and `account` as attributes to filter by. Gives
 * the faults by the saying's place.
 */
export async function tellPeople(
  sayings: readonly OutgoingFinding[],
  { client, topicArn }: { readonly client: SNSClient; readonly topicArn: string },
): Promise<Faults> {
  const faults = new Map<number, unknown>();
  for (const [at, saying] of sayings.entries()) {
    if (!isWorthTelling(saying)) continue;
    const { severity, type, status, workload, workloads } = saying.finding;
    const attributes = { severity, type, status, account: workload?.account ?? workloads?.[0]?.account ?? '' };
    try {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subjectOf(saying),
          Message: messageOf(saying),
          MessageAttributes: textAttributes(attributes),
        }),
      );
    } catch (error) {
      faults.set(at, error);
    }
  }
  return faults;
}
