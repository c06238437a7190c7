/** A DaemonSet that a cluster usually has. */
export interface Agent {
  readonly namespace: string;
  readonly name: string;
  /** Null: EKS's manager of add-ons installs it. */
  readonly installer: 'pipeline' | null;
  readonly spec: object;
}

const EKS = '602401143452.dkr.ecr.eu-west-1.amazonaws.com';

type Mount = readonly [volume: string, hostPath: string, mountPath: string, readOnly?: 'read-only'];

interface Container {
  readonly name: string;
  readonly image: string;
  readonly privileged?: boolean;
  readonly capabilities?: readonly string[];
  readonly mounts?: readonly Mount[];
  readonly init?: boolean;
}

/** A pod's spec as the API server stores it, from what differs between agents. */
function podSpec(containers: readonly Container[], host: object = {}): object {
  const volumes = new Map(containers.flatMap(({ mounts = [] }) => mounts.map(([name, path]) => [name, path] as const)));
  return {
    volumes: [...volumes].map(([name, path]) => ({ name, hostPath: { path, type: '' } })),
    ...(containers.some(({ init }) => init) && { initContainers: containers.filter(({ init }) => init).map(stored) }),
    containers: containers.filter(({ init }) => !init).map(stored),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...host,
  };
}

function stored({ name, image, privileged, capabilities, mounts = [] }: Container): object {
  return {
    name,
    image,
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
    resources: { requests: { cpu: '50m', memory: '64Mi' } },
    volumeMounts: mounts.map(([volume, , mountPath, readOnly]) => ({
      name: volume,
      mountPath,
      ...(readOnly && { readOnly: true }),
    })),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      ...(privileged && { privileged }),
      ...(capabilities && { capabilities: { add: capabilities } }),
    },
  };
}

const KUBELET: Mount = ['kubelet-dir', '/var/lib/kubelet', '/var/lib/kubelet'];
const SIDECARS: readonly Container[] = [
  {
    name: 'node-driver-registrar',
    image: `${EKS}/eks/csi-node-driver-registrar:v2.13.0-eks-1-33-3`,
    mounts: [['registration-dir', '/var/lib/kubelet/plugins_registry/', '/registration']],
  },
  {
    name: 'liveness-probe',
    image: `${EKS}/eks/livenessprobe:v2.15.0-eks-1-33-3`,
    mounts: [['plugin-dir', '/var/lib/kubelet/plugins/csi/', '/csi']],
  },
];

export const AGENTS: readonly Agent[] = [
  {
    namespace: 'kube-system',
    name: 'aws-node',
    installer: null,
    spec: podSpec(
      [
        {
          name: 'aws-vpc-cni-init',
          image: `${EKS}/amazon-k8s-cni-init:v1.19.5-eksbuild.1`,
          privileged: true,
          init: true,
          mounts: [['cni-bin-dir', '/opt/cni/bin', '/host/opt/cni/bin']],
        },
        {
          name: 'aws-node',
          image: `${EKS}/amazon-k8s-cni:v1.19.5-eksbuild.1`,
          capabilities: ['NET_ADMIN', 'NET_RAW'],
          mounts: [
            ['cni-bin-dir', '/opt/cni/bin', '/host/opt/cni/bin'],
            ['cni-net-dir', '/etc/cni/net.d', '/host/etc/cni/net.d'],
            ['log-dir', '/var/log/aws-routed-eni', '/host/var/log/aws-routed-eni'],
            ['run-dir', '/var/run/aws-node', '/var/run/aws-node'],
            ['xtables-lock', '/run/xtables.lock', '/run/xtables.lock'],
          ],
        },
        {
          name: 'aws-eks-nodeagent',
          image: `${EKS}/amazon/aws-network-policy-agent:v1.2.1-eksbuild.1`,
          privileged: true,
          capabilities: ['NET_ADMIN'],
          mounts: [
            ['cni-bin-dir', '/opt/cni/bin', '/host/opt/cni/bin'],
            ['bpf-pin-path', '/sys/fs/bpf', '/sys/fs/bpf'],
          ],
        },
      ],
      { hostNetwork: true, serviceAccountName: 'aws-node', priorityClassName: 'system-node-critical' },
    ),
  },
  {
    namespace: 'kube-system',
    name: 'kube-proxy',
    installer: null,
    spec: podSpec(
      [
        {
          name: 'kube-proxy',
          image: `${EKS}/eks/kube-proxy:v1.33.3-eksbuild.4`,
          privileged: true,
          mounts: [
            ['varlog', '/var/log', '/var/log'],
            ['xtables-lock', '/run/xtables.lock', '/run/xtables.lock'],
            ['lib-modules', '/lib/modules', '/lib/modules', 'read-only'],
          ],
        },
      ],
      { hostNetwork: true, serviceAccountName: 'kube-proxy' },
    ),
  },
  {
    namespace: 'kube-system',
    name: 'ebs-csi-node',
    installer: null,
    spec: podSpec([
      {
        name: 'ebs-plugin',
        image: `${EKS}/eks/aws-ebs-csi-driver:v1.46.0`,
        privileged: true,
        mounts: [KUBELET, ['plugin-dir', '/var/lib/kubelet/plugins/csi/', '/csi'], ['device-dir', '/dev', '/dev']],
      },
      ...SIDECARS,
    ]),
  },
  {
    namespace: 'kube-system',
    name: 'efs-csi-node',
    installer: null,
    spec: podSpec(
      [
        {
          name: 'efs-plugin',
          image: `${EKS}/eks/aws-efs-csi-driver:v2.1.9`,
          privileged: true,
          mounts: [
            KUBELET,
            ['efs-state-dir', '/var/run/efs', '/var/run/efs'],
            ['efs-utils-config', '/var/amazon/efs', '/var/amazon/efs'],
            ['efs-utils-config-legacy', '/etc/amazon/efs', '/etc/amazon/efs-legacy'],
          ],
        },
        ...SIDECARS,
      ],
      { hostNetwork: true },
    ),
  },
  {
    namespace: 'datadog',
    name: 'datadog-agent',
    installer: 'pipeline',
    spec: podSpec(
      [
        {
          name: 'agent',
          image: 'gcr.io/datadoghq/agent:7.68.2',
          mounts: [
            ['runtimesocketdir', '/var/run', '/host/var/run', 'read-only'],
            ['procdir', '/proc', '/host/proc', 'read-only'],
            ['cgroups', '/sys/fs/cgroup', '/host/sys/fs/cgroup', 'read-only'],
            ['passwd', '/etc/passwd', '/etc/passwd', 'read-only'],
            ['pointerdir', '/var/lib/datadog-agent/logs', '/opt/datadog-agent/run'],
            ['logpodpath', '/var/log/pods', '/var/log/pods', 'read-only'],
          ],
        },
        {
          name: 'system-probe',
          image: 'gcr.io/datadoghq/agent:7.68.2',
          capabilities: ['SYS_ADMIN', 'SYS_PTRACE', 'NET_ADMIN'],
          mounts: [['debugfs', '/sys/kernel/debug', '/sys/kernel/debug']],
        },
      ],
      { hostPID: true },
    ),
  },
  {
    namespace: 'monitoring',
    name: 'prometheus-node-exporter',
    installer: 'pipeline',
    spec: podSpec(
      [
        {
          name: 'node-exporter',
          image: 'quay.io/prometheus/node-exporter:v1.9.1',
          mounts: [
            ['root', '/', '/host/root', 'read-only'],
            ['proc', '/proc', '/host/proc', 'read-only'],
            ['sys', '/sys', '/host/sys', 'read-only'],
          ],
        },
      ],
      { hostNetwork: true, hostPID: true },
    ),
  },
  {
    namespace: 'kube-system',
    name: 'cilium',
    installer: 'pipeline',
    spec: podSpec(
      [
        {
          name: 'mount-cgroup',
          image:
            'quay.io/cilium/cilium:v1.17.6@sha256:544de3d4fed7acba72758413812780a4972d47c39035f2a06d6145d8644a3353',
          capabilities: ['SYS_ADMIN', 'SYS_CHROOT', 'SYS_PTRACE'],
          init: true,
          mounts: [
            ['hostproc', '/proc', '/hostproc'],
            ['cni-path', '/opt/cni/bin', '/hostbin'],
          ],
        },
        {
          name: 'cilium-agent',
          image:
            'quay.io/cilium/cilium:v1.17.6@sha256:544de3d4fed7acba72758413812780a4972d47c39035f2a06d6145d8644a3353',
          privileged: true,
          mounts: [
            ['bpf-maps', '/sys/fs/bpf', '/sys/fs/bpf'],
            ['cilium-run', '/var/run/cilium', '/var/run/cilium'],
            ['etc-cni-netd', '/etc/cni/net.d', '/host/etc/cni/net.d'],
            ['lib-modules', '/lib/modules', '/lib/modules', 'read-only'],
          ],
        },
      ],
      { hostNetwork: true },
    ),
  },
  {
    namespace: 'kube-system',
    name: 'nvidia-device-plugin-daemonset',
    installer: 'pipeline',
    spec: podSpec([
      {
        name: 'nvidia-device-plugin-ctr',
        image: 'nvcr.io/nvidia/k8s-device-plugin:v0.17.3',
        privileged: true,
        mounts: [['device-plugin', '/var/lib/kubelet/device-plugins', '/var/lib/kubelet/device-plugins']],
      },
    ]),
  },
];

/** A web application's pods, as a pipeline deploys them. */
export function applicationSpec(name: string, version: number): object {
  const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${name}:1.${version}.0`;
  return podSpec([{ name, image }], { serviceAccountName: name, automountServiceAccountToken: false });
}
