import { isJsonObject, type JsonObject } from '../detection/model/json-field';
import { keptText } from './kept-text';

/**
 * The members of manifests that rules read, at any depth. All others are dropped, and with them what may hold secrets:
 * `data` and `stringData`, `env`, `args`, `command`, the `token` in a `status`, and annotations such as the last applied
 * configuration.
 */
const MEMBERS = {
  objects: [
    'kind',
    'apiVersion',
    'items',
    'metadata',
    'spec',
    'name',
    'generateName',
    'namespace',
    'uid',
    '$patch',
    'dryRun',
  ],
  metadata: ['labels', 'annotations', 'ownerReferences', 'controller', 'selector', 'matchLabels'],
  bindings: ['subjects', 'roleRef', 'apiGroup'],
  workloads: ['template', 'jobTemplate', 'serviceAccountName', 'nodeName', 'hostPID', 'hostIPC', 'hostNetwork'],
  containers: ['containers', 'initContainers', 'ephemeralContainers', 'targetContainerName', 'image'],
  privileges: ['securityContext', 'privileged', 'allowPrivilegeEscalation', 'capabilities', 'add'],
  windows: ['windowsOptions', 'hostProcess'],
  volumes: ['volumes', 'hostPath', 'path', 'type', 'persistentVolumeClaim', 'claimName', 'claimRef', 'local'],
  mounts: ['volumeMounts', 'mountPath', 'readOnly', 'subPath', 'subPathExpr'],
  addresses: ['status', 'podIP', 'podIPs', 'ip', 'addresses', 'address', 'subsets', 'notReadyAddresses'],
  places: ['targetRef', 'target', 'providerID'],
  ends: ['deletionTimestamp', 'preconditions'],
  services: ['type', 'loadBalancerClass', 'loadBalancerSourceRanges'],
  applications: ['app', 'k8s-app', 'istio', 'name', 'instance', 'part-of', 'component'].flatMap((label) => [
    label,
    `app.kubernetes.io/${label}`,
  ]),
  revisions: [
    'pod-template-hash',
    'rollouts-pod-template-hash',
    'controller-revision-hash',
    'job-name',
    'batch.kubernetes.io/job-name',
  ],
  loadBalancers: [
    ...['internal', 'scheme', 'type'].map((end) => `aws-load-balancer-${end}`),
    'load-balancer-source-ranges',
  ].map((name) => `service.beta.kubernetes.io/${name}`),
};

const KEPT_MEMBERS: ReadonlySet<string> = new Set(Object.values(MEMBERS).flat());

/** A CronJob's containers in a list of objects are twelve deep. */
const DEEPEST = 20;

/** A manifest, a patch or a list of JSON patch operations with the members of `MEMBERS` alone. */
export function keptManifest(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return keptText(value) ?? '';
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return null;
  if (Array.isArray(value)) return value.map((one) => keptManifest(one, depth + 1));
  if (!isJsonObject(value)) return null;
  return isOperation(value) ? keptOperation(value, depth) : keptMembers(value, depth);
}

function keptMembers(value: JsonObject, depth: number): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) if (KEPT_MEMBERS.has(key)) kept[key] = keptManifest(value[key], depth + 1);
  return kept;
}

/** `{"op": "add", "path": "/subjects/0", "value": …}` (RFC 6902). */
function isOperation({ op, path }: JsonObject): boolean {
  return typeof op === 'string' && typeof path === 'string';
}

function keptOperation({ op, path, from, value }: JsonObject, depth: number): JsonObject {
  const operation = {
    op: keptText(op, 16),
    path: keptText(path) ?? '',
    ...(from === undefined ? {} : { from: keptText(from) }),
  };
  return isKeptPath(String(path)) ? { ...operation, value: keptManifest(value, depth + 1) } : operation;
}

/** True for a JSON pointer of which every part is kept or a place in a list. */
function isKeptPath(path: string): boolean {
  const parts = path.split('/').slice(1);
  return parts.every((part) => /^(?:\d+|-)$/.test(part) || KEPT_MEMBERS.has(unescaped(part)));
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
