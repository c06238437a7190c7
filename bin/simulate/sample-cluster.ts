import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { isoTime } from '../../lambda/detection/model/event-time';
import { organizationOf } from '../../lambda/detection/model/settings';
import { DEFAULT_SETTINGS } from '../../lambda/detection/parse-settings';
import { AUDIT_LOG, RUNTIME_LOG_GROUPS } from '../../lambda/detection/vocabulary';
import type { KubernetesAct } from '../../lambda/kubernetes/act';
import { addressOwners } from '../../lambda/kubernetes/address-owner';
import type { Cluster } from '../../lambda/kubernetes/cluster';
import { detectKubernetes } from '../../lambda/kubernetes/detect-kubernetes';
import { readAuditEvent } from '../../lambda/kubernetes/read-audit-event';
import { actsOf } from '../../lambda/kubernetes/rules';
import { readRuntimeLine } from '../../lambda/runtime/read-runtime-line';
import { auditEvent } from '../../trail-writer/kubernetes/audit-event';
import type { SampleOf } from './sample-theft';

/** Lines of a cluster that does not exist. */
export interface SampleCluster {
  /** Its name. */
  readonly cluster: string;
  /** As Firehose writes what CloudWatch Logs sent. */
  readonly object: Buffer;
  /** Of the findings on them, were they none of samples. */
  readonly findingIds: readonly string[];
}

const NAME = 'credlock-sample';
const MINUTE = 60_000;

/** A person runs a command in a pod of kube-system, and Falco sees a new binary in another pod. */
export function sampleCluster({ account, partition, region, now }: SampleOf): SampleCluster {
  // Each sample is another cluster, or it would be the finding on the last one.
  const name = `${NAME}-${randomBytes(4).toString('hex')}`;
  const time = now - MINUTE;
  const [event, alarm] = [execInSystemPod(time), newBinary(time)];
  const from = { account, region, time };
  return {
    cluster: name,
    object: Buffer.concat([
      payload(event, { ...from, logGroup: `/aws/eks/${name}/cluster` }),
      payload(alarm, { ...from, logGroup: `${RUNTIME_LOG_GROUPS}falco/${name}` }),
    ]),
    findingIds: findingsOn(event, alarm, { partition, account, region, name }),
  };
}

function execInSystemPod(time: number): object {
  const caller = {
    username: NAME,
    groups: ['system:authenticated'],
    address: `203.0.113.${randomInt(1, 255)}`,
    userAgent: 'credlock-simulate',
  };
  const object = { resource: 'pods', namespace: 'kube-system', name: NAME, apiVersion: 'v1', subresource: 'exec' };
  const uri = `/api/v1/namespaces/kube-system/pods/${NAME}/exec?command=id&stdout=true`;
  return auditEvent({ auditId: randomUUID(), time, caller, verb: 'create', uri, object, status: 101 });
}

function newBinary(time: number): object {
  return {
    uuid: randomUUID(),
    hostname: `${NAME}-node`,
    output: 'Executing binary not part of base image',
    output_fields: {
      'container.id': randomBytes(6).toString('hex'),
      'container.image.repository': 'public.ecr.aws/docker/library/ubuntu',
      'container.image.tag': '24.04',
      'k8s.ns.name': 'default',
      'k8s.pod.name': NAME,
      'proc.name': 'sample',
      'proc.exepath': '/tmp/sample',
      'proc.pname': 'bash',
    },
    priority: 'Critical',
    rule: 'Drop and execute new binary in container',
    source: 'syscall',
    time: isoTime(time),
  };
}

interface PayloadOf {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly time: number;
}

function payload(line: object, { account, region, logGroup, time }: PayloadOf): Buffer {
  return gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: account,
      logGroup,
      logStream: `kube-apiserver-audit-${'0'.repeat(32)}`,
      subscriptionFilters: [`${AUDIT_LOG.filterPrefix}${region}`],
      logEvents: [{ id: '0'.repeat(56), timestamp: time, message: JSON.stringify(line) }],
    }),
  );
}

function findingsOn(event: object, alarm: object, cluster: Cluster): string[] {
  const { kubernetes } = DEFAULT_SETTINGS;
  const read = readAuditEvent(event, cluster, null);
  const seen = readRuntimeLine(alarm, cluster, 'falco', kubernetes);
  const groups: (readonly KubernetesAct[])[] = [
    read && 'id' in read ? actsOf(read, kubernetes) : [],
    'acts' in seen ? seen.acts : [],
  ];
  const ownerOf = addressOwners({ book: null, ipRanges: null, organization: organizationOf([], new Set()) });
  return detectKubernetes({ groups, settings: DEFAULT_SETTINGS, ownerOf }).findings.map(({ id }) => id);
}
