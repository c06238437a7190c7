import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { field, text } from '../model/json-field';
import { issuedBy, readIssuance } from './read-issuance';
import { parseSessionArn } from '../model/session-arn';
import type { FindingWorkload } from '../model/finding';
import { command } from '../model/shell-command';
import type {
  AsffResource,
  CommandLines,
  IssuedTo,
  NamedBy,
  SessionArn,
  WorkloadEvents,
  WorkloadKind,
} from '../model/workload-kind';
import { arnBeside, managedIn, workloadKey } from '../model/workload';

const KIND = 'eks-pod';
/** Pod Identity names its sessions `eks-<cluster, cut>-<pod, cut>-<uuid>`. */
const POD_SESSION = /^eks-.+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CLUSTER_ARN = /^arn:[\w-]+:eks:([a-z0-9-]+):(\d{12}):cluster\/(.+)$/;
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const PROVIDER_ARN = /^arn:[\w-]+:iam::\d{12}:oidc-provider\/(.+)$/;
const ISSUING_PROVIDER = 'oidc/';

const EVENTS: WorkloadEvents = {
  calls: {
    $or: [
      { userIdentity: { arn: [{ wildcard: '*:assumed-role/*/eks-*' }] } },
      {
        userIdentity: {
          sessionContext: { webIdFederationData: { federatedProvider: [{ wildcard: '*:oidc-provider/oidc.eks.*' }] } },
        },
      },
    ],
  },
  issuers: ['pods.eks'],
  issuances: [
    { requestParameters: { roleSessionName: [{ prefix: 'eks-' }] } },
    { userIdentity: { userName: [{ prefix: 'system:serviceaccount:' }] } },
    { responseElements: { subjectFromWebIdentityToken: [{ prefix: 'system:serviceaccount:' }] } },
  ],
  unseen: [
    {
      what: "calls with a service account's keys (IRSA), where the record has no webIdFederationData, and all of clusters whose issuer is not EKS's own; their requests for keys are seen",
      because: 'the caller chooses the name of the session',
    },
  ],
};

/**
 * EKS pods (Pod Identity: one workload for each pod) and service accounts (IRSA: one workload for each provider, namespace
 * and service account). A service account asks STS for its credentials itself, so the origins that asked are its own.
 */
export const eksPod: WorkloadKind<typeof KIND> = {
  name: KIND,
  noun: 'EKS pod',
  watchedByDefault: true,
  lockPolicy: ({ id }) => (id.startsWith(ISSUING_PROVIDER) ? 'issuing-origin' : 'first-use'),
  provenBySessionArn: 'always',
  sitsOnHost: true,
  issuedTo: (record) => podIdentity(record) ?? serviceAccount(record),
  namedBy,
  events: EVENTS,
  resource: (workload) => ({ type: 'Other', id: workloadKey(workload), details: {} }),
  relatedResources: clusterOf,
  replaceCommands,
  preserveCommands,
};

/** The session tags name the pod. */
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

/** Only Kubernetes service accounts: tokens of GitHub and other OpenID providers belong to no workload on AWS. */
function serviceAccount(record: CloudTrailRecord): IssuedTo | null {
  const issuance = record.eventName === 'AssumeRoleWithWebIdentity' ? readIssuance(record) : null;
  if (!issuance) return null;
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

function clusterOf(workload: FindingWorkload): AsffResource[] {
  const { cluster } = workload.attributes;
  if (cluster === undefined || workload.region === null) return [];
  const arn = arnBeside(workload, 'eks', `cluster/${cluster}`);
  return [{ type: 'AwsEksCluster', id: arn, details: { AwsEksCluster: { Arn: arn, Name: cluster } } }];
}

function replaceCommands(workload: FindingWorkload): CommandLines {
  const { provider, cluster = null, namespace = null, serviceAccount: account = null } = workload.attributes;
  const restart = command`kubectl rollout restart deployment --namespace ${namespace}`;
  if (provider !== undefined) {
    return [
      command`kubectl annotate serviceaccount --namespace ${namespace} ${account} eks.amazonaws.com/role-arn="$NEW_ROLE_ARN" --overwrite`,
      restart,
    ];
  }
  const region = managedIn(workload);
  return [
    command`ASSOCIATION=$(aws eks list-pod-identity-associations --region ${region} --cluster-name ${cluster} --namespace ${namespace} --service-account ${account} --query 'associations[0].associationId' --output text)`,
    command`aws eks update-pod-identity-association --region ${region} --cluster-name ${cluster} --association-id "$ASSOCIATION" --role-arn "$NEW_ROLE_ARN"`,
    restart,
  ];
}

function preserveCommands({ attributes }: FindingWorkload): CommandLines {
  const { namespace = null, pod = null } = attributes;
  return [command`kubectl logs --namespace ${namespace} ${pod} --all-containers --timestamps > pod.log`];
}
