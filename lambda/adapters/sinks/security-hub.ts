import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import type { Finding } from '../../detection/model/finding';
import { asffOf } from '../security-hub/asff';
import { importFindings, securityHubPace } from '../security-hub/import-findings';
import type { OpenSink } from './sink';

/**
 * Imports findings into Security Hub, where a group is shown instead of its members. Of several states of one finding in a
 * batch only the latest is imported, as Security Hub would keep just one.
 */
export const securityHubSink: OpenSink = ({ environment, clientSettings, pace = securityHubPace() }) => {
  const { hubAccount: account, hubRegion: region, hubPartition: partition } = environment;
  const client = new SecurityHubClient(clientSettings);
  return {
    // A member that was never imported on its own has nothing to be archived.
    accepts: ({ finding, delivery }) =>
      delivery.wasUngrouped || (finding.status === 'ACTIVE' && delivery.groupId === null),
    deliver: async (batch) => {
      const latest = new Map<string, OutgoingFinding>();
      for (const outgoing of batch) {
        const known = latest.get(outgoing.finding.id);
        if (!known || known.updatedAt <= outgoing.updatedAt) latest.set(outgoing.finding.id, outgoing);
      }
      const findings = [...latest.values()].map((outgoing) => {
        const { finding, runbookUrl } = outgoing;
        const updatedAt = new Date(outgoing.updatedAt).toISOString();
        return {
          id: finding.id,
          asff: asffOf(inSecurityHub(outgoing), { account, region, partition, updatedAt, runbookUrl }),
        };
      });
      const faults = await importFindings(findings, { client, pace });
      return new Map(
        batch.flatMap(({ finding }, at) => (faults.has(finding.id) ? [[at, faults.get(finding.id)]] : [])),
      );
    },
  };
};

function inSecurityHub({ finding, delivery: { groupId } }: OutgoingFinding): Finding {
  if (groupId === null) return finding;
  return { ...finding, status: 'ARCHIVED', archivedBecause: `reported as part of ${groupId}` };
}
