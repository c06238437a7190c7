import { IRELAND, SHOP } from './cast';
import type { Chapter } from './chapter';
import type { Key, SessionKey } from '../../trail-writer/identities';
import { uuidFor } from '../../trail-writer/ids';
import type { From } from '../../trail-writer/record';

const CLUSTER = 'shop';

/** A pod that gets its keys by Pod Identity. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: string;
}

/** The session of the instance that a pod runs on, and where that instance calls from. */
export interface Node {
  readonly key: Key;
  readonly from: From;
}

/** The agent on the node asks EKS for the pod's key, and EKS asks STS: two records, of which the second has the key. */
export function issueToPod(chapter: Chapter, pod: Pod, node: Node, at: string): SessionKey {
  chapter.call(node.key, at, node.from, {
    service: 'eks-auth',
    name: 'AssumeRoleForPodIdentity',
    readOnly: true,
    request: { clusterName: CLUSTER, token: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
  });
  const name = `eks-${CLUSTER}-${pod.name.slice(0, 12)}-${uuidFor(`${pod.name} ${at}`)}`;
  const tags = sessionTags(pod);
  const request = { durationSeconds: 21_600, tags, transitiveTagKeys: tags.map(({ key }) => key) };
  const session = { account: SHOP, region: IRELAND, role: pod.role, name };
  return chapter.issueBy({ service: 'pods.eks', hours: 6, request, repeatsSession: true }, session, at);
}

function sessionTags({ name, namespace, serviceAccount }: Pod): { key: string; value: string }[] {
  return Object.entries({
    'eks-cluster-arn': `arn:aws:eks:${IRELAND}:${SHOP}:cluster/${CLUSTER}`,
    'eks-cluster-name': CLUSTER,
    'kubernetes-namespace': namespace,
    'kubernetes-service-account': serviceAccount,
    'kubernetes-pod-name': name,
    'kubernetes-pod-uid': uuidFor(`pod ${name}`),
  }).map(([key, value]) => ({ key, value }));
}
