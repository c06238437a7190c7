import { field, record, text } from '../detection/model/json-field';
import type { ActObject } from './act';
import { listOf } from './manifest-list';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** A job of a CronJob is named for the minute it is scheduled at, and may start late. */
const LATEST_START = 8 * DAY;

/** An object, which a controller may have made. */
export interface Made {
  readonly object: ActObject;
  readonly metadata: unknown;
  readonly time: number;
  /** False where a person made it, whose word on its owner proves nothing. */
  readonly byController: boolean;
}

/**
 * The workload that people know: of a pod its controller, of a ReplicaSet its Deployment, of a Job its CronJob, each as far as
 * names and labels show it; otherwise the object itself.
 */
export function workloadOf({ object, metadata, time, byController }: Made): ActObject {
  const controller = listOf(field(metadata, 'ownerReferences')).find((one) => field(one, 'controller') === true);
  const kind = text(controller, 'kind');
  const name = text(controller, 'name');
  const { namespace } = object;
  if (!byController || kind === null || name === null || !isFollowed(object, kind)) return itself(object, metadata);
  if (kind === 'ReplicaSet') return ownerOfReplicas(name, metadata, namespace);
  if (kind === 'Job') return ownerOfJob(name, time, namespace);
  return { kind, namespace, name };
}

/** Operators own Deployments too, which are workloads by themselves; a static pod is owned by its node. */
function isFollowed({ kind }: ActObject, owner: string): boolean {
  if (kind === 'Pod') return owner !== 'Node';
  return kind === 'ReplicaSet' || (kind === 'Job' && owner === 'CronJob');
}

function itself(object: ActObject, metadata: unknown): ActObject {
  const named = object.name ?? text(metadata, 'name') ?? text(metadata, 'generateName')?.replace(/-$/, '');
  return { ...object, name: named ?? null };
}

const REVISION = /-[a-z0-9]{5,11}$/;

function ownerOfReplicas(name: string, metadata: unknown, namespace: string | null): ActObject {
  const labels = record(metadata, 'labels');
  const isOfDeployment = text(labels, 'pod-template-hash') !== null;
  const isOfRollout = text(labels, 'rollouts-pod-template-hash') !== null;
  if ((!isOfDeployment && !isOfRollout) || !REVISION.test(name)) return { kind: 'ReplicaSet', namespace, name };
  return { kind: isOfDeployment ? 'Deployment' : 'Rollout', namespace, name: name.replace(REVISION, '') };
}

/** `backup-29583360` of the minute 29583360 since 1970 is of the CronJob `backup`. */
function ownerOfJob(name: string, time: number, namespace: string | null): ActObject {
  const [, cronJob = '', minutes = ''] = /^(.+)-(\d{8,9})$/.exec(name) ?? [];
  const late = time - Number(minutes) * MINUTE;
  const isScheduled = minutes !== '' && late > -DAY && late < LATEST_START;
  return isScheduled ? { kind: 'CronJob', namespace, name: cronJob } : { kind: 'Job', namespace, name };
}
