import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { issuedBy } from './read-issuance';
import { parseSessionArn } from '../model/session-arn';
import type { Condition } from '../model/event-pattern';
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
import { arnBeside, managedIn, type Workload } from '../model/workload';

const KIND = 'ecs-task';
/** Task ids are 32 hex digits today and were UUIDs before 2020. */
const TASK_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
/** ARNs of old tasks lack the cluster's name. */
const TASK_ARN = /^arn:([\w-]+):ecs:([a-z0-9-]+):(\d{12}):task\/(?:([^/]+)\/)?([0-9a-f-]+)$/;

const ENDS_IN_HEX_DIGIT: readonly Condition[] = [...'0123456789abcdef'].map((digit) => ({ suffix: digit }));
/** Task ids are hex digits alone; nearly all other session names have one of these or end in another letter. */
const NO_TASK_ID: Condition = { 'anything-but': { wildcard: ['*-*', '*@*', '*.*', '*_*'] } };

const EVENTS: WorkloadEvents = {
  calls: {
    $or: [
      { userIdentity: { inScopeOf: { issuerType: [{ prefix: 'AWS::ECS::' }] } } },
      {
        userIdentity: {
          arn: ENDS_IN_HEX_DIGIT,
          principalId: [NO_TASK_ID],
          // Excludes IAM users.
          sessionContext: { sessionIssuer: { arn: [{ exists: true }] } },
        },
      },
    ],
  },
  issuers: ['ecs-tasks'],
  issuances: [
    {
      requestParameters: { roleSessionName: ENDS_IN_HEX_DIGIT },
      responseElements: { assumedRoleUser: { assumedRoleId: [NO_TASK_ID] } },
    },
  ],
  unseen: [
    {
      what: 'calls of tasks whose ids are UUIDs (before 2021), where the record has no inScopeOf',
      because: 'only its length distinguishes such a session name from others',
    },
  ],
};

/**
 * ECS tasks. The sessions of the task role and of the execution role, which the agent on the host uses, are both named for
 * the task's id. Tasks in bridge and
 * host networks show their host's addresses; ECS Anywhere needs `trustedNetworks`.
 */
export const ecsTask: WorkloadKind<typeof KIND> = {
  name: KIND,
  noun: 'ECS task',
  watchedByDefault: true,
  lockPolicy: () => 'first-use',
  provenBySessionArn: 'always',
  sitsOnHost: true,
  hasAgentOnHost: true,
  issuedTo,
  namedBy,
  events: EVENTS,
  resource,
  replaceCommands,
  preserveCommands,
};

function issuedTo(record: CloudTrailRecord): IssuedTo | null {
  const issuance = issuedBy(record, 'ecs-tasks');
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!issuance || !session || !TASK_ID.test(session.name)) return null;
  return {
    workload: task(session, session.name),
    session: issuance.session,
    region: null,
    attributes: {},
    askedByWorkload: false,
  };
}

/** AWS documents no `issuerType` for tasks, so any of ECS is accepted where the ARN is a task's. */
function namedBy(session: SessionArn, record: CloudTrailRecord): NamedBy | null {
  const scope = record.identity.inScopeOf;
  const arn = scope?.issuerType.startsWith('AWS::ECS::') ? TASK_ARN.exec(scope.credentialsIssuedTo) : null;
  if (arn) {
    const [, partition = '', region = '', account = '', , id = ''] = arn;
    return { workload: { partition, account, kind: KIND, id }, shown: 'scope', region };
  }
  return TASK_ID.test(session.name) ? { workload: task(session, session.name), shown: 'shape', region: null } : null;
}

function task(session: SessionArn, id: string): Workload {
  return { partition: session.partition, account: session.account, kind: KIND, id };
}

function resource(workload: FindingWorkload): AsffResource {
  const { id, region, attributes } = workload;
  const { cluster } = attributes;
  if (cluster === undefined) return { type: 'AwsEcsTask', id: arnBeside(workload, 'ecs', `task/${id}`), details: {} };
  const clusterArn = arnBeside(workload, 'ecs', `cluster/${cluster}`);
  return {
    type: 'AwsEcsTask',
    id: arnBeside(workload, 'ecs', `task/${cluster}/${id}`),
    details: region === null ? {} : { AwsEcsTask: { ClusterArn: clusterArn } },
  };
}

function replaceCommands(workload: FindingWorkload): CommandLines {
  const region = managedIn(workload);
  return [
    `# register the task definition again with another taskRoleArn, then:`,
    command`aws ecs update-service --region ${region} --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$NEW_TASK_DEFINITION" --force-new-deployment`,
    command`aws ecs stop-task --region ${region} --cluster "$CLUSTER" --task ${workload.id}`,
  ];
}

function preserveCommands(workload: FindingWorkload): CommandLines {
  return [
    command`aws ecs describe-tasks --region ${managedIn(workload)} --cluster "$CLUSTER" --tasks ${workload.id} > task.json`,
  ];
}
