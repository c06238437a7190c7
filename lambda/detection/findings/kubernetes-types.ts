import type { KubernetesFindingType } from '../model/finding';
import {
  ACCESS_TOKEN,
  ASFF,
  CLUSTER_ROLES,
  COMPUTE_HIJACKING,
  CONTAINER_COMMAND,
  decide,
  DEFAULT_ACCOUNTS,
  ESCAPE,
  IMPAIR,
  inspect,
  look,
  REFLECTIVE_LOADING,
  REMOTE_SERVICES,
  SHARED_MODULES,
  TOOL_TRANSFER,
  undo,
  type FindingTypeRow,
} from './finding-type-row';

/** A request to a cluster’s API server, which no later record explains. */
const IN_CLUSTER = {
  title: ({ subject, place }) => `Cluster ${place}: ${subject}`,
  explainable: 'no',
  declarable: false,
} as const satisfies Partial<FindingTypeRow>;

const SUPPRESS = look(
  'If it is expected, add a suppression of this type for the cluster, namespace or image, with an owner and a day on which it ends.',
);
const CALLER = look(
  'Ask the caller whether the request was intended. If it was not, treat the caller’s credentials as stolen: the finding names the AWS session behind them, where there is one.',
);

const FIND_ENTRY = look(
  'Find out how it came there: a command run in the pod (ExecInKubeSystemPod and the audit log), or a weakness of the application.',
);
const REPLACE_POD = undo(
  'Preserve the pod first if you can, then delete it, so that its controller starts a new one from its image.',
);
const LOOK_AT_POD = inspect('Look at the pod, and at what its service account may do: the process can do it too.');
const EXPECTED_IMAGE = look('If the image is meant to do this, list its repository in kubernetes.runtimeImages.');

/** A pod's token, which its address or that of its node may explain when their records arrive. */
const TOKEN_USE = {
  title: IN_CLUSTER.title,
  explainable: 'yes',
  declarable: true,
  advice: [
    decide(
      'Decide whether the address can belong to the pod. If it is a gateway of yours, declare it in trustedNetworks; the finding is then archived automatically.',
    ),
    inspect('Look at the pod, at its node, and at what its service account may do: the token can do it too.'),
    undo('Delete the pod: its tokens end with it, up to 90 days before they expire. Its controller starts a new one.'),
    look('Review all requests from the address, and what was created by them.'),
  ],
  technique: ACCESS_TOKEN,
  guardDuty: null,
} as const satisfies Partial<FindingTypeRow>;

/** Rows of the types that audit logs of clusters and agents on their nodes decide. */
export const KUBERNETES_TYPES: Readonly<Record<KubernetesFindingType, FindingTypeRow>> = {
  ExecInKubeSystemPod: {
    ...IN_CLUSTER,
    severity: 'MEDIUM',
    label: 'Command in a system pod',
    advice: [
      CALLER,
      inspect('Look at the pod and at what its service account may do: the command can do it too.'),
      undo('Replace the pod: delete it, so that its controller starts a new one, after its logs are saved.'),
      look('If it is routine, list the caller, pod or command in kubernetes.execAllowed.'),
    ],
    technique: CONTAINER_COMMAND,
    guardDuty: 'Execution:Kubernetes/ExecInKubeSystemPod',
    asffFirst: () => `${ASFF.execution}/Execution:Kubernetes-ExecInKubeSystemPod`,
    asff: [ASFF.execution],
  },
  SuccessfulAnonymousAccess: {
    ...IN_CLUSTER,
    severity: 'HIGH',
    // MEDIUM for reading, except reading secrets.
    weakSeverity: 'MEDIUM',
    label: 'Access without credentials',
    advice: [
      inspect('Find the bindings that allow it: subjects system:anonymous and system:unauthenticated.'),
      look('Remove those bindings, and restrict the public endpoint of the cluster to your networks.'),
      look('Review what else came from the same address, with and without credentials.'),
      look('If the path is meant to be public, list it in kubernetes.anonymousPaths.'),
    ],
    technique: DEFAULT_ACCOUNTS,
    guardDuty: 'Discovery:Kubernetes/SuccessfulAnonymousAccess',
    asffFirst: ({ tactic = 'Discovery' }) => `TTPs/${tactic}/${tactic}:Kubernetes-SuccessfulAnonymousAccess`,
    asff: [ASFF.initialAccess],
  },
  AnonymousAccessGranted: {
    ...IN_CLUSTER,
    severity: 'HIGH',
    label: 'Access without credentials granted',
    advice: [
      inspect('Look at the binding and at the rules of its role.'),
      undo('Delete the binding.'),
      look('Look for requests of system:anonymous since then: SuccessfulAnonymousAccess.'),
      CALLER,
      SUPPRESS,
    ],
    technique: CLUSTER_ROLES,
    guardDuty: 'Policy:Kubernetes/AnonymousAccessGranted',
    asffFirst: () => `${ASFF.bestPractices}/Policy:Kubernetes-AnonymousAccessGranted`,
    asff: [ASFF.persistence],
  },
  AdminAccessToDefaultServiceAccount: {
    ...IN_CLUSTER,
    severity: 'HIGH',
    // MEDIUM for admin of a single namespace.
    weakSeverity: 'MEDIUM',
    label: 'Default service account made administrator',
    advice: [
      inspect('Look at the binding and at the pods that run as the default service account.'),
      undo('Delete the binding; give the workload that needs the rights a service account of its own.'),
      CALLER,
      SUPPRESS,
    ],
    technique: CLUSTER_ROLES,
    guardDuty: 'Policy:Kubernetes/AdminAccessToDefaultServiceAccount',
    asffFirst: () => `${ASFF.bestPractices}/Policy:Kubernetes-AdminAccessToDefaultServiceAccount`,
    asff: [ASFF.persistence],
  },
  ExposedDashboard: {
    ...IN_CLUSTER,
    severity: 'MEDIUM',
    // LOW where only some networks are admitted.
    weakSeverity: 'LOW',
    label: 'Dashboard exposed',
    advice: [
      inspect('Look at the Service: its load balancer, and the networks that it admits.'),
      undo('Make the Service internal again; reach the dashboard by kubectl port-forward.'),
      CALLER,
      SUPPRESS,
    ],
    technique: REMOTE_SERVICES,
    guardDuty: 'Policy:Kubernetes/ExposedDashboard',
    asffFirst: ({ dashboard }) =>
      `${ASFF.bestPractices}/Policy:Kubernetes-${dashboard === 'Kubeflow' ? 'KubeflowDashboardExposed' : 'ExposedDashboard'}`,
    asff: [ASFF.initialAccess],
  },
  PrivilegedContainer: {
    ...IN_CLUSTER,
    severity: 'HIGH',
    // HIGH only with the node’s processes, file system or container runtime at hand.
    weakSeverity: 'MEDIUM',
    label: 'Privileged container',
    advice: [
      inspect('Look at the workload, at who made it, and at the nodes that it runs on.'),
      undo('Remove the workload. If it is not yours, isolate its nodes first and preserve their disks.'),
      CALLER,
      look('If the image needs it, list its repository in kubernetes.privilegedImages.'),
    ],
    technique: ESCAPE,
    guardDuty: 'PrivilegeEscalation:Kubernetes/PrivilegedContainer',
    asffFirst: () => `${ASFF.privilegeEscalation}/PrivilegeEscalation:Kubernetes-PrivilegedContainer`,
    asff: [ASFF.privilegeEscalation],
  },
  ContainerWithSensitiveMount: {
    ...IN_CLUSTER,
    severity: 'HIGH',
    // HIGH only for the root of the node and sockets of container runtimes.
    weakSeverity: 'MEDIUM',
    label: 'Sensitive path of the node mounted',
    advice: [
      inspect('Look at the workload, at who made it, and at the nodes that it runs on.'),
      undo('Remove the workload. If it is not yours, isolate its nodes first and preserve their disks.'),
      CALLER,
      look('If the image needs it, list its repository in kubernetes.mountImages.'),
    ],
    technique: ESCAPE,
    guardDuty: 'Persistence:Kubernetes/ContainerWithSensitiveMount',
    asffFirst: () => `${ASFF.persistence}/Persistence:Kubernetes-ContainerWithSensitiveMount`,
    asff: [ASFF.persistence],
  },
  UnreadableManifest: {
    ...IN_CLUSTER,
    severity: 'LOW',
    label: 'Manifest missing from the audit log',
    advice: [
      inspect('Read the object in the cluster: a manifest can be padded so that the audit log leaves it out.'),
      CALLER,
      SUPPRESS,
    ],
    technique: IMPAIR,
    guardDuty: null,
    asff: [ASFF.defenseEvasion],
  },
  NewBinaryExecuted: {
    ...IN_CLUSTER,
    severity: 'MEDIUM',
    label: 'New binary run in a container',
    advice: [LOOK_AT_POD, FIND_ENTRY, REPLACE_POD, EXPECTED_IMAGE],
    technique: TOOL_TRANSFER,
    guardDuty: 'Execution:Runtime/NewBinaryExecuted',
    asffFirst: () => `${ASFF.execution}/Execution:Runtime-NewBinaryExecuted`,
    asff: [ASFF.execution],
  },
  FilelessExecution: {
    ...IN_CLUSTER,
    severity: 'MEDIUM',
    label: 'Program run from memory',
    advice: [LOOK_AT_POD, FIND_ENTRY, REPLACE_POD, EXPECTED_IMAGE],
    technique: REFLECTIVE_LOADING,
    guardDuty: 'DefenseEvasion:Runtime/FilelessExecution',
    asffFirst: () => `${ASFF.defenseEvasion}/DefenseEvasion:Runtime-FilelessExecution`,
    asff: [ASFF.defenseEvasion],
  },
  NewLibraryLoaded: {
    ...IN_CLUSTER,
    severity: 'MEDIUM',
    label: 'New library loaded in a container',
    advice: [
      LOOK_AT_POD,
      FIND_ENTRY,
      REPLACE_POD,
      look('If programs unpack it by design, list its path in kubernetes.libraryPaths.'),
    ],
    technique: SHARED_MODULES,
    guardDuty: 'Execution:Runtime/NewLibraryLoaded',
    asffFirst: () => `${ASFF.execution}/Execution:Runtime-NewLibraryLoaded`,
    asff: [ASFF.execution],
  },
  CryptoMining: {
    ...IN_CLUSTER,
    severity: 'HIGH',
    label: 'Cryptocurrency mining in a container',
    advice: [
      LOOK_AT_POD,
      FIND_ENTRY,
      REPLACE_POD,
      look('Block the mining pools in the network, and look for other pods that ask for them.'),
    ],
    technique: COMPUTE_HIJACKING,
    guardDuty: 'CryptoCurrency:Runtime/BitcoinTool.B!DNS',
    asffFirst: () => `${ASFF.commandAndControl}/CryptoCurrency:Runtime-BitcoinTool.B!DNS`,
    asff: [ASFF.commandAndControl],
  },
  ServiceAccountTokenOutside: {
    ...TOKEN_USE,
    severity: 'HIGH',
    label: 'Token of a pod used outside',
    asff: [ASFF.credentialAccess],
  },
  ServiceAccountTokenMoved: {
    ...TOKEN_USE,
    severity: 'MEDIUM',
    label: 'Token of a pod used elsewhere in the network',
    asff: [ASFF.lateralMovement],
  },
};
