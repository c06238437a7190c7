import {
  isKubernetesType,
  type Finding,
  type FindingWorkload,
  type KubernetesFindingType,
} from '../detection/model/finding';
import { command } from '../detection/model/shell-command';
import type { CommandLines } from '../detection/model/workload-kind';

/** What a command is about. A part is null where it is unknown or no name that Kubernetes allows. */
interface Named {
  readonly kind: string | null;
  readonly object: string | null;
  /** Null for objects of the whole cluster. */
  readonly namespace: string | null;
  readonly role: string | null;
}

interface Commands {
  readonly inspect: (named: Named) => CommandLines;
  readonly undo?: (named: Named) => CommandLines;
}

/** Of what ran in a pod, which may have no name. */
const OF_PROCESS: Commands = { inspect: inspectPod, undo: replacePod };

const COMMANDS: Readonly<Record<KubernetesFindingType, Commands>> = {
  ExecInKubeSystemPod: { inspect: inspectPod, undo: replacePod },
  SuccessfulAnonymousAccess: {
    inspect: () => [
      "kubectl get clusterrolebindings,rolebindings --all-namespaces --output wide | grep -E 'system:(anonymous|unauthenticated)'",
    ],
  },
  AnonymousAccessGranted: {
    inspect: (named) => [
      getObject(named),
      named.role &&
        command`kubectl get clusterroles,roles --all-namespaces --field-selector ${`metadata.name=${named.role}`} --output yaml`,
    ],
    undo: deleteObject,
  },
  AdminAccessToDefaultServiceAccount: {
    inspect: (named) => [
      getObject(named),
      'kubectl get pods --all-namespaces --field-selector spec.serviceAccountName=default',
    ],
    undo: deleteObject,
  },
  ExposedDashboard: {
    inspect: (named) => [getObject(named)],
    undo: ({ namespace, object }) => [
      command`kubectl patch service --namespace ${namespace} ${object} --patch ${'{"spec":{"type":"ClusterIP"}}'}`,
    ],
  },
  PrivilegedContainer: { inspect: inspectWorkload, undo: deleteObject },
  ContainerWithSensitiveMount: { inspect: inspectWorkload, undo: deleteObject },
  UnreadableManifest: { inspect: (named) => [getObject(named)] },
  NewBinaryExecuted: OF_PROCESS,
  FilelessExecution: OF_PROCESS,
  NewLibraryLoaded: OF_PROCESS,
  CryptoMining: OF_PROCESS,
  ServiceAccountTokenOutside: { inspect: inspectHolder, undo: replaceHolder },
  ServiceAccountTokenMoved: { inspect: inspectHolder, undo: replaceHolder },
};

/**
 * Lines that show what a finding on a cluster is about, after one that signs in to the cluster, or that take it back. Empty for
 * other findings.
 */
export function kubectlCommands(
  step: 'inspect' | 'undo',
  { type, workload }: Pick<Finding, 'type' | 'workload'>,
): CommandLines {
  if (!workload || !isKubernetesType(type)) return [];
  const { inspect, undo } = COMMANDS[type];
  const named = namedIn(workload);
  if (step === 'undo') return undo?.(named) ?? [];
  const { cluster = null } = workload.attributes;
  return [command`aws eks update-kubeconfig --region ${workload.region} --name ${cluster}`, ...inspect(named)];
}

/** Owners of pods may have any name in a manifest, such as `--all`. */
const NAME = /^[A-Za-z0-9][\w.:-]*$/;

function namedIn({ attributes }: FindingWorkload): Named {
  const { objectKind, objectName, namespace, role } = attributes;
  return {
    kind: nameIn(objectKind?.toLowerCase()),
    object: nameIn(objectName),
    namespace: nameIn(namespace),
    role: nameIn(role),
  };
}

function nameIn(text: string | undefined): string | null {
  return text !== undefined && NAME.test(text) ? text : null;
}

const CLUSTER_WIDE: ReadonlySet<string | null> = new Set(['clusterrolebinding', 'node', 'persistentvolume']);

/** `kubectl get deployment --namespace shop web --output yaml` */
function getObject({ kind, object, namespace }: Named): string | null {
  return CLUSTER_WIDE.has(kind)
    ? command`kubectl get ${kind} ${object} --output yaml`
    : command`kubectl get ${kind} --namespace ${namespace} ${object} --output yaml`;
}

function deleteObject({ kind, object, namespace }: Named): CommandLines {
  return [
    CLUSTER_WIDE.has(kind)
      ? command`kubectl delete ${kind} ${object}`
      : command`kubectl delete ${kind} --namespace ${namespace} ${object}`,
  ];
}

function inspectWorkload(named: Named): CommandLines {
  return [getObject(named), command`kubectl get pods --namespace ${named.namespace} --output wide`];
}

function inspectPod(named: Named): CommandLines {
  const { namespace, object } = named;
  return [
    getObject(named),
    command`SERVICE_ACCOUNT=$(kubectl get pod --namespace ${namespace} ${object} --output jsonpath='{.spec.serviceAccountName}')`,
    command`kubectl auth can-i --list --namespace ${namespace} --as "system:serviceaccount:"${namespace}":$SERVICE_ACCOUNT"`,
  ];
}

/** The holder of a token: a pod, or the account itself. */
function inspectHolder(named: Named): CommandLines {
  const { kind, namespace, object } = named;
  if (kind === 'pod') return inspectPod(named);
  const user = namespace !== null && object !== null ? `system:serviceaccount:${namespace}:${object}` : null;
  return [getObject(named), command`kubectl auth can-i --list --namespace ${namespace} --as ${user}`];
}

/** All tokens of an account end only with the account, and what runs as it. */
function replaceHolder(named: Named): CommandLines {
  return named.kind === 'pod' ? replacePod(named) : [];
}

function replacePod({ namespace, object }: Named): CommandLines {
  return [
    command`kubectl logs --namespace ${namespace} ${object} --all-containers --timestamps > pod.log`,
    command`kubectl delete pod --namespace ${namespace} ${object}`,
  ];
}
