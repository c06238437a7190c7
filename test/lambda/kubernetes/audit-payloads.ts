import { gzipSync } from 'node:zlib';

/** What a payload says of its log; overrides replace members. */
export interface PayloadOf {
  readonly owner?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly messageType?: string;
  readonly subscriptionFilters?: readonly string[];
}

export const AUDIT_STREAM = 'kube-apiserver-audit-0123456789abcdef0123456789abcdef';

/** The payload that CloudWatch Logs sends for these lines of the audit log of cluster `demo` in eu-west-1. */
export function auditPayload(lines: readonly unknown[], over: PayloadOf = {}) {
  return {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/demo/cluster',
    logStream: AUDIT_STREAM,
    subscriptionFilters: ['credlock-kubernetes-eu-west-1'],
    ...over,
    logEvents: lines.map((line, at) => ({
      id: String(at).padStart(56, '3'),
      timestamp: Date.parse('2026-09-01T10:00:02Z'),
      message: typeof line === 'string' ? line : JSON.stringify(line),
    })),
  };
}

/** An object as Firehose writes it: compressed payloads, one after another. */
export function auditObject(payloads: readonly object[]): Buffer {
  return Buffer.concat(payloads.map((payload) => gzipSync(JSON.stringify(payload), { level: 6 })));
}

/** EventBridge's event for a new object. */
export function auditNotice(key: string, bucket: string, over: object = {}): object {
  return {
    version: '0',
    id: 'a1b2c3d4-0000-4000-8000-000000000001',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '999988887777',
    time: '2026-09-01T10:01:00Z',
    region: 'eu-central-1',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: { version: '0', bucket: { name: bucket }, object: { key, size: 1 }, reason: 'PutObject' },
    ...over,
  };
}
