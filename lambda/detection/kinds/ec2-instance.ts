import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { issuedBy } from './read-issuance';
import { parseSessionArn } from '../model/session-arn';
import type { IssuedTo, NamedBy, SessionArn, WorkloadKind } from '../model/workload-kind';
import type { Workload } from '../model/workload';

const KIND = 'ec2-instance';
/** Hex in AWS's ids; any letter or digit here, so that anonymised records stay readable. A shape proves nothing. */
const INSTANCE_ID = /^i-[0-9a-z]{8,17}$/i;
const INSTANCE_ARN = /^arn:([\w-]+):ec2:([a-z0-9-]+):(\d{12}):instance\/(i-[0-9a-z]+)$/i;
export const ec2Instance: WorkloadKind = {
  name: KIND,
  noun: 'EC2 instance',
  lockPolicy: () => 'first-use',
  provenBySessionArn: 'legacy',
  sitsOnHost: false,
  issuedTo,
  namedBy,
  showsEksNode: (record) =>
    record.eventSource.startsWith('eks-auth.') &&
    record.eventName === 'AssumeRoleForPodIdentity' &&
    record.errorCode === null,
};

/** Systems Manager hands default host management keys to the instance under the same session name. */
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
