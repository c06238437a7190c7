import { METRICS } from '../../lambda/environment';
import { HOURLY, RUNBOOK_SECTIONS, type AlarmSettings } from './alarm-settings';
import type { Detector } from './detector';
import type { KubernetesAudit } from './kubernetes-audit';

/** How long audit records may wait in the stream, which buffers them for a minute. */
const UNWRITTEN_MINUTES = 15;

/** Alarms on the reading of audit logs, besides those of its queue and its function. */
export function kubernetesAlarms({ auditLogs }: KubernetesAudit, { handlers: { watch } }: Detector): AlarmSettings[] {
  const { kubernetes: section } = RUNBOOK_SECTIONS;
  return [
    {
      name: 'audit-records-unwritten',
      description: `Firehose could not write audit records to their bucket for ${UNWRITTEN_MINUTES} minutes`,
      section,
      metric: auditLogs.metricUnwritten(),
      threshold: UNWRITTEN_MINUTES * 60,
      breaching: [3, 3],
    },
    {
      name: 'clusters-not-subscribed',
      description: 'A log of a cluster cannot be subscribed: the log of watch and `credlock doctor` name it',
      section,
      metric: watch.metric(METRICS.clustersNotSubscribed, HOURLY),
      breaching: [3, 3],
    },
  ];
}
