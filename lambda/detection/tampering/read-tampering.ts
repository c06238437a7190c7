import type { CallerIdentity, CloudTrailRecord } from '../model/cloudtrail-record';
import { BY_NAME_ALONE, type Act, type Deployed } from './act';
import { nameOf } from '../records/read-facts';
import { parseSessionArn } from '../model/session-arn';
import type { Source } from '../model/origin';
import type { Workload } from '../model/workload';
import { WORKLOAD_KINDS } from '../kinds/all-kinds';
import { actionOf, actOf } from './watched-resources';

/** A call that harms a part of the detector, or a trail. `time`: epoch milliseconds. */
export interface Tampering extends Act {
  readonly eventId: string;
  readonly time: number;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** `events.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  readonly errorCode: string | null;
  readonly userAgent: string | null;
  /** ARN, or another name, of the caller. */
  readonly by: string;
  readonly accessKeyId: string | null;
  /** The workload whose session made the call, if any; `shown`: how the record shows it. */
  readonly workload: Workload | null;
  readonly shown: 'scope' | 'delivery' | 'shape' | 'none';
  readonly source: Source | null;
  /** Made through CloudFormation, or the update of a stack itself. */
  readonly byDeployment: boolean;
}

/** True for an ordinary part of deployments or administration, which is reported for what it may hide. */
export function isRoutine({ kind, byDeployment }: Pick<Tampering, 'kind' | 'byDeployment'>): boolean {
  return kind === 'administration' || (kind === 'change' && byDeployment);
}

/**
 * Reads a call against the detector or what it depends on. Null for other calls, for changes that a StackSet makes in its
 * members (its own update is reported), and for refused calls unless a workload's session made them.
 */
export function readTampering(record: CloudTrailRecord, deployed: Deployed = BY_NAME_ALONE): Tampering | null {
  const act = record.serviceEvent ? null : actOf(record, deployed);
  if (!act) return null;
  const { workload, shown } = workloadBehind(record);
  const byDeployment = isDeployment(record) || (act.part === 'stack' && act.kind === 'change');
  if (act.kind === 'change' && isStackSet(record)) return null;
  if (record.errorCode !== null && (!workload || byDeployment)) return null;
  const { identity, eventId, time, partition, account, region, eventSource, userAgent, errorCode, source } = record;
  return {
    ...act,
    eventId,
    time,
    partition,
    account,
    region,
    eventSource,
    eventName: actionOf(record.eventName),
    errorCode,
    userAgent,
    source,
    by: callerOf(identity),
    accessKeyId: identity.accessKeyId,
    workload,
    shown,
    byDeployment,
  };
}

function callerOf({ arn, userName, invokedBy, principalId }: CallerIdentity): string {
  return arn ?? userName ?? invokedBy ?? principalId ?? 'an unknown caller';
}

function workloadBehind(record: CloudTrailRecord): Pick<Tampering, 'workload' | 'shown'> {
  const session = parseSessionArn(record.identity.arn);
  const named = session && nameOf(session, record, WORKLOAD_KINDS);
  return named ? { workload: named.workload, shown: named.shown } : { workload: null, shown: 'none' };
}

function isDeployment({ identity, source }: CloudTrailRecord): boolean {
  return [identity.invokedBy, source?.service].some((name) => name?.startsWith('cloudformation.'));
}

/** The roles by which StackSets deploy to accounts (CloudFormation user guide, service-managed and self-managed permissions). */
function isStackSet(record: CloudTrailRecord): boolean {
  const role = parseSessionArn(record.identity.arn)?.role ?? '';
  return isDeployment(record) && /^(?:stacksets-exec-|AWSCloudFormationStackSetExecutionRole$)/.test(role);
}
