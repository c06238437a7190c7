import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { readIssuance } from './read-issuance';
import { parseSessionArn, roleArnParts } from '../model/session-arn';
import type { IssuedTo, WorkloadKind } from '../model/workload-kind';

const KIND = 'service-session';

/** Services that obtain credentials for machines outside AWS. */
const OUTSIDE = /^(?:rolesanywhere|ssm)\./;

/**
 * Any other session whose credentials an AWS service obtained (CodeBuild, Glue, SageMaker, …): only calls from outside AWS
 * are reported. Sessions of service-linked roles belong to the services.
 */
export const serviceSession: WorkloadKind<typeof KIND> = {
  name: KIND,
  noun: 'service session',
  watchedByDefault: false,
  lockPolicy: () => 'aws-address',
  provenBySessionArn: 'never',
  sitsOnHost: true,
  issuedTo,
  namedBy: () => null,
  events: {
    calls: null,
    issuers: [],
    issuances: [{ userIdentity: { type: ['AWSService'] } }],
    unseen: [
      {
        what: 'all calls; the issuance of the credentials is seen',
        because: 'no field of a call shows that a service obtained its credentials',
      },
    ],
  },
  resource: ({ partition, account, id }) => ({
    type: 'Other',
    id: `arn:${partition}:sts::${account}:assumed-role/${id}`,
    details: {},
  }),
  replaceCommands: () => [],
  preserveCommands: () => [],
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
