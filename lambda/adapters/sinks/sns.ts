import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { SEVERITIES } from '../../detection/model/finding';
import { textAttributes } from '../sqs/send-messages';
import { messageOf, subjectOf } from './notification-text';
import type { OpenSink } from './sink';

/** Notifies people, with `severity`, `type`, `status` and `account` as attributes to filter by. */
export const snsSink: OpenSink = ({ environment: { findingsTopicArn }, clientSettings }) => {
  if (findingsTopicArn === null) return null;
  const client = new SNSClient(clientSettings);
  return {
    accepts: isWorthNotifying,
    deliver: async (batch) => {
      const faults = new Map<number, unknown>();
      for (const [at, outgoing] of batch.entries()) {
        try {
          await client.send(requestFor(outgoing, findingsTopicArn));
        } catch (error) {
          faults.set(at, error);
        }
      }
      return faults;
    },
  };
};

function requestFor(outgoing: OutgoingFinding, topicArn: string): PublishCommand {
  const { severity, type, status, workload, workloads } = outgoing.finding;
  const account = workload?.account ?? workloads?.[0]?.account ?? '';
  return new PublishCommand({
    TopicArn: topicArn,
    Subject: subjectOf(outgoing),
    Message: messageOf(outgoing),
    MessageAttributes: textAttributes({ severity, type, status, account }),
  });
}

/** True for findings that are new, more severe, of another type, or withdrawn; not for other updates. */
function isWorthNotifying({ finding, delivery }: OutgoingFinding): boolean {
  const { mode, groupId, lastPublished } = delivery;
  if (mode !== 'live' || groupId !== null) return false;
  const known = lastPublished?.mode === 'live' && lastPublished.status === 'ACTIVE' ? lastPublished : null;
  if (known === null || finding.status !== 'ACTIVE') return (known === null) === (finding.status === 'ACTIVE');
  return known.type !== finding.type || SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(known.severity);
}
