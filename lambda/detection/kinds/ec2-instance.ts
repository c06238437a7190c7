import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { KUBERNETES, POD_IDENTITY_ACTION } from '../vocabulary';
import { text } from '../model/json-field';
import { issuedBy } from './read-issuance';
import { parseSessionArn } from '../model/session-arn';
import { command } from '../model/shell-command';
import type { CommandLines, IssuedTo, NamedBy, SessionArn, WorkloadEvents, WorkloadKind } from '../model/workload-kind';
import type { FindingWorkload } from '../model/finding';
import { arnBeside, managedIn, type Workload } from '../model/workload';

const KIND = 'ec2-instance';
/** AWS uses hex digits only; other letters are accepted so that anonymised records can be read. */
const INSTANCE_ID = /^i-[0-9a-z]{8,17}$/i;
const INSTANCE_ARN = /^arn:([\w-]+):ec2:([a-z0-9-]+):(\d{12}):instance\/(i-[0-9a-z]+)$/i;

const EVENTS: WorkloadEvents = {
  calls: {
    $or: [
      { userIdentity: { arn: [{ wildcard: '*:assumed-role/*/i-*' }] } },
      { userIdentity: { inScopeOf: { issuerType: ['AWS::EC2::Instance'] } } },
      { userIdentity: { sessionContext: { ec2RoleDelivery: [{ exists: true }] } } },
    ],
  },
  issuers: ['ec2', 'ssm'],
  issuances: [{ requestParameters: { roleSessionName: [{ prefix: 'i-' }] } }],
  unseen: [],
};

export const ec2Instance: WorkloadKind<typeof KIND> = {
  name: KIND,
  noun: 'EC2 instance',
  watchedByDefault: true,
  lockPolicy: () => 'first-use',
  provenBySessionArn: 'legacy',
  sitsOnHost: false,
  issuedTo,
  namedBy,
  usesEks,
  events: EVENTS,
  resource: (workload) => ({ type: 'AwsEc2Instance', id: arnOf(workload), details: {} }),
  replaceCommands,
  preserveCommands,
  sessionCondition: (workload) =>
    workload.region === null ? null : { ArnEquals: { 'ec2:SourceInstanceARN': arnOf(workload) } },
};

/** Systems Manager gives the instance its default host management credentials under the same session name. */
function issuedTo(record: CloudTrailRecord): IssuedTo | null {
  const issuance = issuedBy(record, 'ec2') ?? issuedBy(record, 'ssm');
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!issuance || !session || !INSTANCE_ID.test(session.name)) return null;
  return {
    workload: instance(session, session.name),
    session: issuance.session,
    region: null,
    attributes: {},
    askedByWorkload: false,
  };
}

/** The network plugin of EKS, which each node runs, and the names it gives to interfaces. */
const NETWORK_PLUGIN = /^amazon-vpc-cni-k8s\b/;
const PLUGIN_INTERFACE = /^aws-K8S-/i;
const KUBELET = /^(?:kubelet|kubernetes|ecr-credential-provider)\/v?\d/;

/** Calls of a node, or of a machine whose user works on a cluster, which must describe it to sign in, and to the cluster itself. */
function usesEks({ eventSource, eventName, errorCode, userAgent, request }: CloudTrailRecord): boolean {
  if (eventSource === KUBERNETES) return true;
  if (userAgent !== null && (NETWORK_PLUGIN.test(userAgent) || KUBELET.test(userAgent))) return true;
  if (errorCode !== null) return false;
  if (eventName === POD_IDENTITY_ACTION) return eventSource.startsWith('eks-auth.');
  if (eventName === 'DescribeCluster') return eventSource.startsWith('eks.');
  return eventName === 'CreateNetworkInterface' && PLUGIN_INTERFACE.test(text(request, 'description') ?? '');
}

function namedBy(session: SessionArn, record: CloudTrailRecord): NamedBy | null {
  const scope = record.identity.inScopeOf;
  const arn = scope?.issuerType === 'AWS::EC2::Instance' ? INSTANCE_ARN.exec(scope.credentialsIssuedTo) : null;
  if (arn) {
    const [, partition = '', region = '', account = '', id = ''] = arn;
    return { workload: { partition, account, kind: KIND, id }, shown: 'scope', region };
  }
  if (!session.name.startsWith('i-')) return null;
  if (record.identity.ec2RoleDelivery !== null)
    return { workload: instance(session, session.name), shown: 'delivery', region: null };
  if (!INSTANCE_ID.test(session.name)) return null;
  return { workload: instance(session, session.name), shown: 'shape', region: null };
}

function instance(session: SessionArn, id: string): Workload {
  return { partition: session.partition, account: session.account, kind: KIND, id };
}

function arnOf(workload: FindingWorkload): string {
  return arnBeside(workload, 'ec2', `instance/${workload.id}`);
}

function replaceCommands(workload: FindingWorkload): CommandLines {
  const region = managedIn(workload);
  return [
    command`ASSOCIATION=$(aws ec2 describe-iam-instance-profile-associations --region ${region} --filters ${`Name=instance-id,Values=${workload.id}`} --query 'IamInstanceProfileAssociations[0].AssociationId' --output text)`,
    command`aws ec2 replace-iam-instance-profile-association --region ${region} --association-id "$ASSOCIATION" --iam-instance-profile Name="$NEW_PROFILE"`,
  ];
}

function preserveCommands(workload: FindingWorkload): CommandLines {
  const { id } = workload;
  const region = managedIn(workload);
  return [
    command`aws ec2 modify-instance-attribute --region ${region} --instance-id ${id} --disable-api-termination`,
    command`aws ec2 create-snapshots --region ${region} --instance-specification ${`InstanceId=${id}`} --description ${`evidence of ${id}`}`,
  ];
}
