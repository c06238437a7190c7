import type { CallerIdentity, CloudTrailRecord } from '../model/cloudtrail-record';
import { BY_NAME_ALONE, CHANGED, partAct, type Deployed, type Part } from './detector-resources';
import { nameOf } from '../records/read-facts';
import { parseSessionArn } from '../model/session-arn';
import type { Source } from '../model/origin';
import { trailAct } from './trail-actions';
import type { Workload } from '../model/workload';
import { WORKLOAD_KINDS } from '../kinds/all-kinds';

/** A call that harms a part of the detector, or a trail. `time`: epoch milliseconds. */
export interface Tampering {
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
  readonly part: Part;
  readonly name: string;
  /** As it follows "was": `disabled`, `deleted`, `changed`, … */
  readonly was: string;
  /** ARN, or another name, of the caller. */
  readonly by: string;
  readonly accessKeyId: string | null;
  /** The workload whose session made the call, if any; `shown`: how the record shows it. */
  readonly workload: Workload | null;
  readonly shown: 'scope' | 'delivery' | 'shape' | 'none';
  readonly source: Source | null;
  /** Made through CloudFormation. */
  readonly byDeployment: boolean;
}

/**
 * Reads a call against the detector's own parts or a trail. Null for other calls, for changes through CloudFormation that
 * switch nothing off, and for refused calls unless a workload's session made them.
 */
export function readTampering(record: CloudTrailRecord, deployed: Deployed = BY_NAME_ALONE): Tampering | null {
  if (record.serviceEvent) return null;
  const eventName = actionOf(record);
  const act = record.eventSource.startsWith('cloudtrail.')
    ? trailAct(eventName, record.request, deployed.trailBucket)
    : partAct(eventName, record, deployed);
  if (!act) return null;
  const { workload, shown } = workloadBehind(record);
  const byDeployment = isDeployment(record);
  if (byDeployment && act.was === CHANGED) return null;
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
    eventName,
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

/** CloudTrail appends Lambda's API version to the action: `DeleteFunction20150331`, `UpdateFunctionCode20150331v2`. */
function actionOf({ eventName }: Pick<CloudTrailRecord, 'eventName'>): string {
  return eventName.replace(/\d{8}(?:v\d+)?$/, '');
}

function workloadBehind(record: CloudTrailRecord): Pick<Tampering, 'workload' | 'shown'> {
  const session = parseSessionArn(record.identity.arn);
  const named = session && nameOf(session, record, WORKLOAD_KINDS);
  return named ? { workload: named.workload, shown: named.shown } : { workload: null, shown: 'none' };
}

function isDeployment({ identity, source }: CloudTrailRecord): boolean {
  return [identity.invokedBy, source?.service].some((name) => name?.startsWith('cloudformation.'));
}
