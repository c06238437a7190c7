import type { RuntimeFindingType } from './finding';

/** Commands in system pods that are expected. All that an entry names must be so. */
export interface AllowedExec {
  /** The user who authenticated, in full. */
  readonly user?: string;
  readonly group?: string;
  readonly namespace?: string;
  /** Beginning of the pod's name. */
  readonly pod?: string;
  /** First word of the command, in full. */
  readonly command?: string;
  readonly why?: string;
}

/** Expectations about the clusters whose audit logs are read. A list that is given replaces the default one. */
export interface KubernetesSettings {
  /** Namespaces in which commands in pods are reported. */
  readonly systemNamespaces: readonly string[];
  readonly execAllowed: readonly AllowedExec[];
  /** Paths that anyone may read; with `*` at the end all that begin so. */
  readonly anonymousPaths: readonly string[];
  /** Images that may run privileged, besides AWS's own: registry and repository, with `*` at the end all that begin so. */
  readonly privilegedImages: readonly string[];
  /** Images that may mount sensitive paths, besides AWS's own. */
  readonly mountImages: readonly string[];
  /** Paths of nodes: `/etc/*` with all below it; `!/etc/hosts` and `!/etc/app/*` are excepted. What contains a path is sensitive too. */
  readonly sensitivePaths: readonly string[];
  /** Images that may run files that are not part of them: of builders and of runners of pipelines. */
  readonly runtimeImages: readonly string[];
  /** Libraries that programs unpack before they load them: absolute paths, in which `*` stands for any characters but `/`. */
  readonly libraryPaths: readonly string[];
  /**
   * The finding on each rule of Falco, policy of Tetragon, or event of Tetragon (`process_exec`: of files without a name,
   * `process_loader`), by its name; null for none. Those that are given are added to the default ones.
   */
  readonly runtimeRules: Readonly<Record<string, RuntimeFindingType | null>>;
  /** Also lock tokens that are bound to no pod, to where each was first used. */
  readonly unboundTokens: boolean;
}

/** Network plugins, storage drivers and agents of nodes, which need both. */
const NODE_IMAGES = [
  'docker.io/calico/*',
  'docker.io/datadog/agent',
  'docker.io/falcosecurity/*',
  'docker.io/longhornio/*',
  'docker.io/openebs/*',
  'gcr.io/datadoghq/agent',
  'ghcr.io/kubereboot/kured',
  'nvcr.io/nvidia/*',
  'public.ecr.aws/csi-components/*',
  'public.ecr.aws/datadog/agent',
  'public.ecr.aws/ebs-csi-driver/*',
  'public.ecr.aws/efs-csi-driver/*',
  'public.ecr.aws/falcosecurity/*',
  'public.ecr.aws/fsx-csi-driver/*',
  'public.ecr.aws/neuron/*',
  'quay.io/calico/*',
  'quay.io/cilium/*',
  'quay.io/sysdig/*',
  'registry.crowdstrike.com/falcon-sensor/*',
  'registry.k8s.io/csi-secrets-store/*',
  'registry.k8s.io/dns/k8s-dns-node-cache',
  'registry.k8s.io/kube-proxy',
  'registry.k8s.io/provider-aws/*',
  'registry.k8s.io/sig-storage/*',
];

export const DEFAULT_KUBERNETES: KubernetesSettings = {
  unboundTokens: false,
  systemNamespaces: ['kube-system'],
  execAllowed: [],
  anonymousPaths: [
    '/healthz',
    '/healthz/*',
    '/livez',
    '/livez/*',
    '/readyz',
    '/readyz/*',
    '/version',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/openid/v1/jwks',
    '/api/v1/namespaces/kube-public/configmaps/cluster-info',
  ],
  privilegedImages: NODE_IMAGES,
  mountImages: [
    ...NODE_IMAGES,
    'docker.elastic.co/*',
    'docker.io/amazon/aws-for-fluent-bit',
    'docker.io/amazon/cloudwatch-agent',
    'docker.io/istio/install-cni',
    'docker.io/prom/node-exporter',
    'docker.io/velero/velero',
    'ghcr.io/k8snetworkplumbingwg/multus-cni',
    'ghcr.io/spiffe/spiffe-csi-driver',
    'public.ecr.aws/amazon-ssm-agent/*',
    'public.ecr.aws/aws-observability/*',
    'public.ecr.aws/aws-secrets-manager/*',
    'public.ecr.aws/bottlerocket/*',
    'public.ecr.aws/cloudwatch-agent/*',
    'public.ecr.aws/mountpoint-s3-csi-driver/*',
    'quay.io/jetstack/cert-manager-csi-driver*',
    'quay.io/prometheus/node-exporter',
  ],
  sensitivePaths: [
    '/',
    '/bin/*',
    '/boot',
    '/dev',
    '/etc/*',
    '!/etc/hosts',
    '!/etc/localtime',
    '!/etc/machine-id',
    '!/etc/os-release',
    '!/etc/resolv.conf',
    '!/etc/timezone',
    '/home/*',
    '/lib/systemd/*',
    '/opt/cni/bin/*',
    '/proc',
    '/proc/sys/*',
    '/root/*',
    '/run/containerd/containerd.sock',
    '/run/cri-dockerd.sock',
    '/run/crio/crio.sock',
    '/run/docker.sock',
    '/run/dockershim.sock',
    '/run/k3s/containerd/containerd.sock',
    '/run/podman/podman.sock',
    '/sbin/*',
    '/sys',
    '/usr/bin/*',
    '/usr/lib/systemd/*',
    '/usr/local/bin/*',
    '/usr/local/sbin/*',
    '/usr/sbin/*',
    '/var/lib/containerd',
    '/var/lib/docker',
    '/var/lib/kubelet/*',
    '/var/spool/cron/*',
  ],
  runtimeImages: [
    'docker.io/gitlab/gitlab-runner',
    'docker.io/jenkins/inbound-agent',
    'docker.io/moby/buildkit',
    'gcr.io/kaniko-project/executor',
    'gcr.io/kaniko-project/warmer',
    'ghcr.io/actions/actions-runner',
    'quay.io/buildah/stable',
    'registry.gitlab.com/gitlab-org/gitlab-runner',
    'registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper',
  ],
  libraryPaths: [
    '/tmp/jansi-*.so',
    '/tmp/jffi*.so',
    '/tmp/jna-*/*.tmp',
    '/tmp/libconscrypt*.so',
    '/tmp/liblz4-java-*.so',
    '/tmp/libnetty*.so',
    '/tmp/librocksdbjni*.so',
    '/tmp/libzstd-jni-*.so',
    '/tmp/snappy-*.so',
    '/tmp/sqlite-*.so',
  ],
  runtimeRules: {
    'Drop and execute new binary in container': 'NewBinaryExecuted',
    'Fileless execution via memfd_create': 'FilelessExecution',
    'Execution from /dev/shm': 'FilelessExecution',
    'credlock: new library loaded': 'NewLibraryLoaded',
    'credlock: mining domain asked for': 'CryptoMining',
    'credlock: mining domain in a command line': 'CryptoMining',
    'Detect outbound connections to common miner pool ports': 'CryptoMining',
    'Detect crypto miners using the Stratum protocol': 'CryptoMining',
    'Known Cryptominer Process Executed': 'CryptoMining',
    process_exec: 'FilelessExecution',
    'credlock-new-binary': 'NewBinaryExecuted',
    'credlock-new-library': 'NewLibraryLoaded',
    'credlock-miner': 'CryptoMining',
  },
};
