import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { field, text } from '../model/json-field';
import { issuedBy, readIssuance } from './read-issuance';
import { parseSessionArn } from '../model/session-arn';
import type { IssuedTo, NamedBy, SessionArn, WorkloadKind } from '../model/workload-kind';

const KIND = 'eks-pod';
/** `eks-<cluster, cut>-<pod, cut>-<uuid>`, as Pod Identity names its sessions. */
const POD_SESSION = /^eks-.+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CLUSTER_ARN = /^arn:[\w-]+:eks:([a-z0-9-]+):(\d{12}):cluster\/(.+)$/;
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const PROVIDER_ARN = /^arn:[\w-]+:iam::\d{12}:oidc-provider\/(.+)$/;
const ISSUING_PROVIDER = 'oidc/';

/**
 * EKS pods (Pod Identity: one workload a pod) and service accounts (IRSA: one workload a provider, namespace and service
 * account). A service account asks STS for its keys itself, so the origins that asked are its own.
 */
export const eksPod: WorkloadKind = {
  name: KIND,
  noun: 'EKS pod',
  lockPolicy: ({ id }) => (id.startsWith(ISSUING_PROVIDER) ? 'issuing-origin' : 'first-use'),
  provenBySessionArn: 'always',
  sitsOnHost: true,
  issuedTo: (record) => podIdentity(record) ?? serviceAccount(record),
  namedBy,
};

/** The session tags say which pod it is. */
function podIdentity(record: CloudTrailRecord): IssuedTo | null {
  const issuance = issuedBy(record, 'pods.eks');
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!issuance || !session) return null;
  const tags = sessionTags(record.request);
  const [, region = null, , clusterOfArn = ''] = CLUSTER_ARN.exec(tags.get('eks-cluster-arn') ?? '') ?? [];
  const tag = (name: string): string => tags.get(name) ?? '';
  const attributes = {
    cluster: tag('eks-cluster-name') || clusterOfArn,
    namespace: tag('kubernetes-namespace'),
    serviceAccount: tag('kubernetes-service-account'),
    pod: tag('kubernetes-pod-name'),
    podUid: tag('kubernetes-pod-uid'),
  };
  const id =
    attributes.pod === ''
      ? session.name
      : [attributes.cluster, attributes.namespace, attributes.pod, attributes.podUid]
          .filter((part) => part !== '')
          .join('/');
  const { partition, account } = session;
  return {
    workload: { partition, account, kind: KIND, id },
    session: issuance.session,
    region,
    attributes: withoutBlanks(attributes),
    askedByWorkload: false,
  };
}

function sessionTags(request: unknown): Map<string, string> {
  const tags = field(request, 'tags');
  const pairs = Array.isArray(tags)
    ? tags.map((tag): [string, string] => [text(tag, 'key') ?? '', text(tag, 'value') ?? ''])
    : [];
  return new Map(pairs);
}

function withoutBlanks(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
}

/** Only Kubernetes service accounts: GitHub and other OpenID providers give tokens to no workload of ours. */
function serviceAccount(record: CloudTrailRecord): IssuedTo | null {
  const issuance = readIssuance(record);
  if (issuance?.action !== 'AssumeRoleWithWebIdentity') return null;
  const session = parseSessionArn(issuance.session.arn);
  const [, namespace, name] = SERVICE_ACCOUNT.exec(subjectOf(record)) ?? [];
  const provider = providerOf(record);
  if (!session || namespace === undefined || name === undefined || !provider) return null;
  const { partition, account } = session;
  return {
    workload: { partition, account, kind: KIND, id: `${ISSUING_PROVIDER}${provider}/${namespace}/${name}` },
    session: issuance.session,
    region: /^oidc\.eks\.([a-z0-9-]+)\.amazonaws\.com/.exec(provider)?.[1] ?? null,
    attributes: { provider, namespace, serviceAccount: name },
    askedByWorkload: true,
  };
}

function subjectOf(record: CloudTrailRecord): string {
  return text(record.response, 'subjectFromWebIdentityToken') ?? record.identity.userName ?? '';
}

function providerOf(record: CloudTrailRecord): string | null {
  const arn = text(record.response, 'provider') ?? record.identity.principalId ?? '';
  return PROVIDER_ARN.exec(arn.replace(/(:oidc-provider\/[^:]+):.*$/, '$1'))?.[1] ?? null;
}

function namedBy(session: SessionArn): NamedBy | null {
  if (!POD_SESSION.test(session.name)) return null;
  const { partition, account, name } = session;
  return { workload: { partition, account, kind: KIND, id: name }, shown: 'shape', region: null };
}
