import { field, record, text } from '../detection/model/json-field';
import type { ActObject } from './act';
import type { AuditEvent } from './audit-event';
import { hostPath } from './host-paths';
import { listOf } from './manifest-list';
import { readManifest } from './patch-operations';
import { workloadOf } from './workload-owner';

/** A folder, file or socket of the node in a container. */
export interface HostMount {
  /** On the node, in one spelling. */
  readonly path: string;
  /** In the container. */
  readonly at: string;
  readonly readOnly: boolean;
}

export interface PodContainer {
  readonly role: 'container' | 'init container' | 'ephemeral container';
  /** Null in a patch that does not name it. */
  readonly name: string | null;
  readonly image: string | null;
  /** By a member of its security context. */
  readonly privilege: 'privileged' | 'hostProcess' | null;
  readonly mounts: readonly HostMount[];
}

/** The pods that a stored object makes. */
export interface PodTemplate {
  /** The workload they belong to. */
  readonly workload: ActObject;
  readonly containers: readonly PodContainer[];
  readonly hostPid: boolean;
}

interface WorkloadResource {
  readonly kind: string;
  /** Where its pods' spec is. */
  readonly path: readonly string[];
}

const TEMPLATE = ['spec', 'template', 'spec'];

const RESOURCES: ReadonlyMap<string, WorkloadResource> = new Map([
  ['pods', { kind: 'Pod', path: ['spec'] }],
  ['deployments', { kind: 'Deployment', path: TEMPLATE }],
  ['daemonsets', { kind: 'DaemonSet', path: TEMPLATE }],
  ['statefulsets', { kind: 'StatefulSet', path: TEMPLATE }],
  ['replicasets', { kind: 'ReplicaSet', path: TEMPLATE }],
  ['replicationcontrollers', { kind: 'ReplicationController', path: TEMPLATE }],
  ['jobs', { kind: 'Job', path: TEMPLATE }],
  ['cronjobs', { kind: 'CronJob', path: ['spec', 'jobTemplate', ...TEMPLATE] }],
]);
const API_GROUPS: ReadonlySet<string | null> = new Set([null, '', 'apps', 'batch', 'extensions']);

/** The workload a request is about, without its status and scale; null for any other object. */
export function workloadResource({ object }: Pick<AuditEvent, 'object'>): WorkloadResource | null {
  if (!object || !API_GROUPS.has(object.apiGroup)) return null;
  const isWhole = object.subresource === null;
  if (!isWhole && !(object.resource === 'pods' && object.subresource === 'ephemeralcontainers')) return null;
  return RESOURCES.get(object.resource) ?? null;
}

/** The pods of the workload in a request; null where it is about none or its manifest is not in the record. */
export function readPodTemplate(event: AuditEvent): PodTemplate | null {
  const resource = workloadResource(event);
  if (!resource || event.manifest === null) return null;
  const stored = readManifest(event.manifest);
  const spec = resource.path.reduce<unknown>(field, stored);
  const metadata = record(stored, 'metadata');
  const object: ActObject = {
    kind: resource.kind,
    namespace: event.object?.namespace ?? text(metadata, 'namespace'),
    name: event.object?.name ?? text(metadata, 'name'),
  };
  return {
    workload: workloadOf({ object, metadata, time: event.time, byController: !isMadeByPerson(event) }),
    containers: containersIn(spec),
    hostPid: field(spec, 'hostPID') === true,
  };
}

/** What is created; the owner of an object that exists is known to be its owner. */
function isMadeByPerson({ verb, user }: AuditEvent): boolean {
  return (verb === 'create' || verb === null) && !(user.username ?? '').startsWith('system:');
}

const LISTS = [
  ['containers', 'container'],
  ['initContainers', 'init container'],
  ['ephemeralContainers', 'ephemeral container'],
] as const;

function containersIn(spec: unknown): PodContainer[] {
  const volumes = hostVolumes(spec);
  const ofPod = record(spec, 'securityContext');
  return LISTS.flatMap(([key, role]) =>
    listOf(field(spec, key)).map((container): PodContainer => {
      const context = record(container, 'securityContext');
      return {
        role,
        name: text(container, 'name'),
        image: text(container, 'image'),
        privilege: privilegeIn(context, ofPod),
        mounts: listOf(field(container, 'volumeMounts')).flatMap((mount) => mountOf(mount, volumes)),
      };
    }),
  );
}

/** The pod's context holds for Windows containers that set nothing themselves. */
function privilegeIn(context: unknown, ofPod: unknown): PodContainer['privilege'] {
  if (field(context, 'privileged') === true) return 'privileged';
  const own = field(field(context, 'windowsOptions'), 'hostProcess');
  const isHostProcess = own ?? field(field(ofPod, 'windowsOptions'), 'hostProcess');
  return isHostProcess === true ? 'hostProcess' : null;
}

/** Paths of the node by the names of volumes. */
function hostVolumes(spec: unknown): Map<string, string> {
  const paths = listOf(field(spec, 'volumes')).flatMap((volume) => {
    const name = text(volume, 'name');
    const path = text(record(volume, 'hostPath'), 'path');
    return name === null || path === null ? [] : [[name, path] as const];
  });
  return new Map(paths);
}

function mountOf(mount: unknown, volumes: ReadonlyMap<string, string>): HostMount[] {
  const path = volumes.get(text(mount, 'name') ?? '');
  if (path === undefined) return [];
  return [
    {
      path: hostPath(`${path}/${text(mount, 'subPath') ?? ''}`),
      at: text(mount, 'mountPath') ?? 'an unknown place',
      readOnly: field(mount, 'readOnly') === true,
    },
  ];
}

/** `container web`; `init container` alone where its name is not known. */
export function containerText({ role, name }: PodContainer): string {
  return name === null ? role : `${role} ${name}`;
}
