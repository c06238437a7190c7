import type { AuditEvent } from '../../../lambda/kubernetes/audit-event';
import { parseClusterArn, type Cluster } from '../../../lambda/kubernetes/cluster';
import { readAuditEvent } from '../../../lambda/kubernetes/read-audit-event';
import { valueOf } from '../../../lambda/detection/model/result';

export const DEMO_CLUSTER: Cluster = valueOf(parseClusterArn('arn:aws:eks:eu-west-1:111122223333:cluster/demo'));

/** An Event of a person who lists pods. Overrides replace whole members; undefined removes one. */
export function auditRecord(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const made: Record<string, unknown> = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: '6f0d7d7e-4f7c-4a51-9e43-0d2f4e8f0001',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods',
    verb: 'list',
    user: {
      username: 'ana',
      uid: 'aws-iam-authenticator:111122223333:AROAEXAMPLEEXAMPLE000',
      groups: ['shop:admins', 'system:authenticated'],
      extra: {
        accessKeyId: ['ASIAEXAMPLEEXAMPLE00'],
        arn: ['arn:aws:sts::111122223333:assumed-role/Admin/ana'],
        sessionName: ['ana'],
      },
    },
    sourceIPs: ['198.51.100.7'],
    userAgent: 'kubectl/v1.33.4 (linux/amd64) kubernetes/0000000',
    objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    // Written by the API server before the times.
    requestObject: undefined,
    responseObject: undefined,
    requestReceivedTimestamp: '2026-09-01T10:00:00.123456Z',
    stageTimestamp: '2026-09-01T10:00:01.000000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: allowed' },
    ...overrides,
  };
  return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));
}

/** The event of a record in the demo cluster; throws where there is none. */
export function auditEvent(overrides: Readonly<Record<string, unknown>> = {}): AuditEvent {
  const event = readAuditEvent(auditRecord(overrides), DEMO_CLUSTER);
  if (event === null || 'fault' in event) throw new Error(`no event: ${JSON.stringify(event)}`);
  return event;
}
