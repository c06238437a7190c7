import { hexFor, upperFor, uuidFor } from '../ids';
import type { AuditCaller } from './audit-event';

const ACCOUNT = '111122223333';
const AUTHENTICATED = 'system:authenticated';
const IN_CLUSTER = 'authentication.kubernetes.io';

/** What aws-iam-authenticator states of the AWS session behind a token. */
function awsSession(role: string, name: string): Pick<AuditCaller, 'uid' | 'extra'> {
  const principal = `AROA${upperFor(`role ${role}`, 17)}`;
  return {
    uid: `aws-iam-authenticator:${ACCOUNT}:${principal}`,
    extra: {
      accessKeyId: [`ASIA${upperFor(`key ${role}/${name}`, 16)}`],
      arn: [`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`],
      canonicalArn: [`arn:aws:iam::${ACCOUNT}:role/${role}`],
      principalId: [principal],
      sessionName: [name],
      'sigs.k8s.io/aws-iam-authenticator/principalId': [principal],
    },
  };
}

export interface ClusterNode {
  readonly name: string;
  readonly instance: string;
  readonly address: string;
}

/** The `at`-th node of the cluster, in its VPC. */
export function clusterNode(at: number): ClusterNode {
  const [third, fourth] = [Math.floor(at / 200), 10 + (at % 200)];
  return {
    name: `ip-10-0-${third}-${fourth}.eu-west-1.compute.internal`,
    instance: `i-0${hexFor(`node ${at}`, 16)}`,
    address: `10.0.${third}.${fourth}`,
  };
}

export function kubelet({ name, instance, address }: ClusterNode): AuditCaller {
  return {
    username: `system:node:${name}`,
    groups: ['system:bootstrappers', 'system:nodes', AUTHENTICATED],
    ...awsSession('shop-node', instance),
    address,
    userAgent: 'kubelet/v1.33.3 (linux/amd64) kubernetes/0000000',
  };
}

/** A person or pipeline with a role that has an access entry. */
export function administrator(role: string, name: string, address: string, userAgent: string): AuditCaller {
  return { username: name, groups: ['shop:admins', AUTHENTICATED], ...awsSession(role, name), address, userAgent };
}

/** A part of the control plane, which calls from the cluster's own network interfaces. */
export function controlPlane(username: string, userAgent: string): AuditCaller {
  const groups = username.startsWith('system:serviceaccount:')
    ? ['system:serviceaccounts', 'system:serviceaccounts:kube-system', AUTHENTICATED]
    : [AUTHENTICATED];
  return { username, groups, address: '10.0.254.7', userAgent };
}

export function controller(name: string): AuditCaller {
  const agent = `kube-controller-manager/v1.33.3 (linux/amd64) kubernetes/0000000/system:serviceaccount:kube-system:${name}`;
  return controlPlane(`system:serviceaccount:kube-system:${name}`, agent);
}

/** EKS's own manager of add-ons, whose session is of an account of AWS. */
export function addonManager(): AuditCaller {
  const name = 'AWSWesleyClusterManagerLambda-Add-AddonManagerRole-EXAMPLE';
  const arn = `arn:aws:sts::444455556666:assumed-role/${name}/${hexFor('addon manager', 32)}`;
  return {
    username: 'eks:addon-manager',
    groups: [AUTHENTICATED],
    extra: {
      accessKeyId: [`ASIA${upperFor('addon manager', 16)}`],
      arn: [arn],
      sessionName: [hexFor('addon manager', 32)],
    },
    address: '198.51.100.40',
    userAgent: 'Go-http-client/1.1',
  };
}

export interface PodIdentity {
  readonly namespace: string;
  readonly account: string;
  readonly pod: string;
  /** @default one of its own for each pod's name */
  readonly uid?: string;
  /** Of the node that the pod runs on. @default not in the token, as before Kubernetes 1.30 */
  readonly node?: string;
  /** Tells a pod's tokens apart, which its node renews. @default 0 */
  readonly renewal?: number;
}

/** A pod that uses its service account's token. */
export function podCaller(identity: PodIdentity, address: string, userAgent: string): AuditCaller {
  const { namespace, account, pod, uid = uuidFor(`pod ${pod}`), node } = identity;
  return {
    username: `system:serviceaccount:${namespace}:${account}`,
    uid: uuidFor(`service account ${namespace}/${account}`),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
    extra: {
      [`${IN_CLUSTER}/credential-id`]: [tokenId(identity)],
      ...(node !== undefined && {
        [`${IN_CLUSTER}/node-name`]: [node],
        [`${IN_CLUSTER}/node-uid`]: [uuidFor(`node ${node}`)],
      }),
      [`${IN_CLUSTER}/pod-name`]: [pod],
      [`${IN_CLUSTER}/pod-uid`]: [uid],
    },
    address,
    userAgent,
  };
}

/** `JTI=…` */
export function tokenId({ pod, renewal = 0 }: Pick<PodIdentity, 'pod' | 'renewal'>): string {
  return `JTI=${uuidFor(renewal === 0 ? `token of ${pod}` : `token ${renewal} of ${pod}`)}`;
}

export function anonymous(address: string, userAgent: string): AuditCaller {
  return { username: 'system:anonymous', groups: ['system:unauthenticated'], address, userAgent };
}
