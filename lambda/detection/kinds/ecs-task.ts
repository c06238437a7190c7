import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { issuedBy } from './read-issuance';
import { parseSessionArn } from '../model/session-arn';
import type { IssuedTo, NamedBy, SessionArn, WorkloadKind } from '../model/workload-kind';
import type { Workload } from '../model/workload';

const KIND = 'ecs-task';
/** Task ids are 32 hex digits today and were UUIDs before 2020. */
const TASK_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
/** With or without the cluster's name. */
const TASK_ARN = /^arn:([\w-]+):ecs:([a-z0-9-]+):(\d{12}):task\/(?:([^/]+)\/)?([0-9a-f-]+)$/;

/**
 * ECS tasks. Task role and execution role are two sessions of one task: both are named for its id. Bridge and host tasks
 * show their host's addresses; ECS Anywhere calls from elsewhere and is declared in `trustedNetworks`.
 */
export const ecsTask: WorkloadKind = {
  name: KIND,
  noun: 'ECS task',
  lockPolicy: () => 'first-use',
  provenBySessionArn: 'always',
  sitsOnHost: true,
  issuedTo,
  namedBy,
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

/** AWS documents no `issuerType` for tasks, so any of ECS will do where the ARN is a task's. */
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
