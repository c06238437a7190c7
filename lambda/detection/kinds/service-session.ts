import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { readIssuance } from './read-issuance';
import { parseSessionArn, roleArnParts } from '../model/session-arn';
import type { IssuedTo, WorkloadKind } from '../model/workload-kind';

const KIND = 'service-session';

/** Services that get keys for machines which are rightly outside AWS. */
const OUTSIDE = /^(?:rolesanywhere|ssm)\./;

/**
 * Any other session whose key an AWS service obtained (CodeBuild, Glue, SageMaker, …): judged by AWS address or not, and
 * by nothing else. Off unless `workloads` names it. Service-linked roles are the services' own.
 */
export const serviceSession: WorkloadKind = {
  name: KIND,
  noun: 'service session',
  lockPolicy: () => 'aws-address',
  provenBySessionArn: 'never',
  sitsOnHost: true,
  issuedTo,
  namedBy: () => null,
};

function issuedTo(record: CloudTrailRecord): IssuedTo | null {
  const issuance = readIssuance(record);
  const session = parseSessionArn(issuance?.session.arn ?? null);
  const service = record.identity.invokedBy;
  if (!issuance || !session || service === null || record.identity.type !== 'AWSService') return null;
  if (OUTSIDE.test(service)) return null;
  if (roleArnParts(issuance.roleArn)?.path.startsWith('aws-service-role/')) return null;
  const { partition, account, role, name } = session;
  return {
    workload: { partition, account, kind: KIND, id: `${role}/${name}` },
    session: issuance.session,
    region: null,
    attributes: { service },
    askedByWorkload: false,
  };
}
