import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { issuedBy } from './read-issuance';
import { parseSessionArn, roleArnParts } from '../model/session-arn';
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

const KIND = 'lambda-function';
/** With or without a version or alias. */
const FUNCTION_ARN = /^arn:([\w-]+):lambda:([a-z0-9-]+):(\d{12}):function:([\w-]+)(?::[\w$-]+)?$/;
/** `awslambda_744_20230710122532896`: a session Lambda names itself, anew each time. */
const ANONYMOUS = /^awslambda_\d+_\d+$/;
/** Begins the id of a workload that is known by its role only. */
const BY_ROLE = 'role/';
/** Replicas at the edge may put their home Region before the function's name. */
const EDGE_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d\./;

const EVENTS: WorkloadEvents = {
  calls: { userIdentity: { inScopeOf: { issuerType: ['AWS::Lambda::Function'] } } },
  issuers: ['lambda', 'edgelambda'],
  issuances: [],
  unseen: [
    {
      what: 'calls of functions, where the record has no inScopeOf',
      because: 'the session is named like the function, which may be anything',
    },
  ],
};

/**
 * Lambda functions. Outside a VPC a function calls from changing AWS addresses, from several at once with the same key, so
 * no address is learned: any AWS address of its Region is accepted, and the account's own egress and endpoints. Use of
 * stolen credentials from AWS in the function's own Region is therefore not detected.
 */
export const lambdaFunction: WorkloadKind<typeof KIND> = {
  name: KIND,
  noun: 'Lambda function',
  watchedByDefault: true,
  lockPolicy: () => 'aws-address',
  provenBySessionArn: 'never',
  sitsOnHost: true,
  issuedTo,
  namedBy,
  events: EVENTS,
  resource,
  replaceCommands,
  preserveCommands,
};

/** A session named by Lambda itself is identified by its role, any other by its name. */
function issuedTo(record: CloudTrailRecord): IssuedTo | null {
  const issuance = issuedBy(record, 'lambda') ?? issuedBy(record, 'edgelambda');
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!issuance || !session) return null;
  const edge = record.identity.invokedBy?.startsWith('edgelambda.') ?? false;
  const { partition, account, role, name } = session;
  const id = ANONYMOUS.test(name) ? `${BY_ROLE}${role}` : name.replace(EDGE_REGION, '');
  return {
    workload: { partition, account, kind: KIND, id },
    session: issuance.session,
    region: edge ? 'GLOBAL' : null,
    attributes: { role: roleArnParts(issuance.roleArn)?.name ?? role },
    askedByWorkload: false,
  };
}

/** Only a function's ARN counts: `inScopeOf` of a person's session named a function as issuer and a role as receiver. */
function namedBy(_session: SessionArn, record: CloudTrailRecord): NamedBy | null {
  const scope = record.identity.inScopeOf;
  const arn = scope?.issuerType === 'AWS::Lambda::Function' ? FUNCTION_ARN.exec(scope.credentialsIssuedTo) : null;
  if (!arn) return null;
  const [, partition = '', region = '', account = '', id = ''] = arn;
  return { workload: { partition, account, kind: KIND, id }, shown: 'scope', region };
}

function resource(workload: FindingWorkload): AsffResource {
  const { id } = workload;
  if (id.startsWith(BY_ROLE)) return { type: 'Other', id: workloadKey(workload), details: {} };
  const arn = arnBeside(workload, 'lambda', `function:${id}`);
  return { type: 'AwsLambdaFunction', id: arn, details: { AwsLambdaFunction: { FunctionName: id } } };
}

function replaceCommands(workload: FindingWorkload): CommandLines {
  if (workload.id.startsWith(BY_ROLE)) return [];
  return [
    command`aws lambda update-function-configuration --region ${managedIn(workload)} --function-name ${workload.id} --role "$NEW_ROLE_ARN"`,
  ];
}

function preserveCommands(workload: FindingWorkload): CommandLines {
  if (workload.id.startsWith(BY_ROLE)) return [];
  return [
    command`aws lambda get-function --region ${managedIn(workload)} --function-name ${workload.id} > function.json`,
  ];
}
