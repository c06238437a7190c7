import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { issuedBy } from './read-issuance';
import { parseSessionArn, roleArnParts } from '../model/session-arn';
import type { IssuedTo, NamedBy, SessionArn, WorkloadKind } from '../model/workload-kind';

const KIND = 'lambda-function';
/** With or without a version or alias. */
const FUNCTION_ARN = /^arn:([\w-]+):lambda:([a-z0-9-]+):(\d{12}):function:([\w-]+)(?::[\w$-]+)?$/;
/** `awslambda_744_20230710122532896`: a session Lambda names itself, anew each time. */
const ANONYMOUS = /^awslambda_\d+_\d+$/;

/** Replicas at the edge may put their home Region before the function's name. */
const EDGE_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d\./;

/**
 * Lambda functions. Outside a VPC a function calls from AWS addresses that change, several at once with one key; so no
 * address is learned: any AWS address of its Region will do, the account's own egress or endpoint for functions in a VPC.
 * Use from AWS in the function's own Region is a stated limit.
 */
export const lambdaFunction: WorkloadKind = {
  name: KIND,
  noun: 'Lambda function',
  lockPolicy: () => 'aws-address',
  provenBySessionArn: 'never',
  sitsOnHost: true,
  issuedTo,
  namedBy,
};

/** A function is known by its Region and name where the record tells both, else by its role and session name. */
function issuedTo(record: CloudTrailRecord): IssuedTo | null {
  const issuance = issuedBy(record, 'lambda') ?? issuedBy(record, 'edgelambda');
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!issuance || !session) return null;
  const edge = record.identity.invokedBy?.startsWith('edgelambda.') ?? false;
  const { partition, account, role, name } = session;
  const id = ANONYMOUS.test(name) ? `role/${role}` : name.replace(EDGE_REGION, '');
  return {
    workload: { partition, account, kind: KIND, id },
    session: issuance.session,
    region: edge ? 'GLOBAL' : null,
    attributes: { role: roleArnParts(issuance.roleArn)?.name ?? role },
    askedByWorkload: false,
  };
}

/** `inScopeOf` may name a function as issuer and a role as receiver (a person’s session did): only a function's ARN counts. */
function namedBy(_session: SessionArn, record: CloudTrailRecord): NamedBy | null {
  const scope = record.identity.inScopeOf;
  const arn = scope?.issuerType === 'AWS::Lambda::Function' ? FUNCTION_ARN.exec(scope.credentialsIssuedTo) : null;
  if (!arn) return null;
  const [, partition = '', region = '', account = '', id = ''] = arn;
  return { workload: { partition, account, kind: KIND, id }, shown: 'scope', region };
}
