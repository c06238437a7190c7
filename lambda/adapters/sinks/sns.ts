import { SNSClient, type PublishCommand } from '@aws-sdk/client-sns';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { SEVERITIES } from '../../detection/model/finding';
import { messageOf, subjectOf } from './notification-text';
import type { OpenSink } from './sink';
import { topicRequest, type FindingsTopic } from './topic-message';

/** Notifies people, with `severity`, `type`, `status` and `account` as attributes to filter by. */
export const snsSink: OpenSink = ({ environment, clientSettings }) => {
  const { findingsTopicArn, findingsTopicFormat } = environment;
  if (findingsTopicArn === null) return null;
  const topic = { findingsTopicArn, findingsTopicFormat };
  const client = new SNSClient(clientSettings);
  return {
    accepts: isWorthNotifying,
    deliver: async (batch) => {
      const faults = new Map<number, unknown>();
      for (const [at, outgoing] of batch.entries()) {
        try {
          await client.send(requestFor(outgoing, topic));
        } catch (error) {
          faults.set(at, error);
        }
      }
      return faults;
    },
  };
};

function requestFor(outgoing: OutgoingFinding, topic: FindingsTopic): PublishCommand {
  const { id, severity, type, status, workload, workloads, advice } = outgoing.finding;
  const account = workload?.account ?? workloads?.[0]?.account ?? '';
  return topicRequest(topic, {
    subject: subjectOf(outgoing),
    message: messageOf(outgoing),
    thread: id,
    nextSteps: advice,
    attributes: { severity, type, status, account },
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
