/** A handler's deployment settings. */
interface HandlerSettings {
  /** Folder in `dist/lambda`, and the last part of the function's name. */
  readonly folder: string;
  readonly description: string;
  /** Timeout. */
  readonly seconds: number;
  /** Memory, which also determines the share of a processor: 1,769 MB is one vCPU. */
  readonly megabytes: number;
}

export const HANDLERS = {
  observe: { folder: 'observe', description: 'stores facts and judges workloads', seconds: 150, megabytes: 1_769 },
  observeKubernetes: {
    folder: 'observe-kubernetes',
    description: 'reads audit records of Kubernetes clusters',
    seconds: 300,
    megabytes: 1_769,
  },
  confirm: {
    folder: 'confirm',
    description: 'confirms suspicions and updates findings',
    seconds: 120,
    megabytes: 1_024,
  },
  publish: { folder: 'publish', description: 'sends findings to their destinations', seconds: 120, megabytes: 512 },
  rejudge: {
    folder: 'rejudge',
    description: 'requests that open findings be judged again',
    seconds: 900,
    megabytes: 1_024,
  },
  verify: { folder: 'verify', description: 'asks EC2 who has suspicious addresses', seconds: 60, megabytes: 1_024 },
  refreshIpRanges: {
    folder: 'refresh-ip-ranges',
    description: "updates AWS's address ranges",
    seconds: 60,
    megabytes: 512,
  },
  posture: {
    folder: 'posture',
    description: 'reports roles that get credentials by IMDSv1',
    seconds: 300,
    megabytes: 512,
  },
  watch: { folder: 'watch', description: 'monitors the detector itself', seconds: 300, megabytes: 512 },
} as const satisfies Readonly<Record<string, HandlerSettings>>;

export type DeployedHandler = keyof typeof HANDLERS;

/** `verify` is deployed with verification roles only, `observeKubernetes` with `kubernetes`; the latter is no part of `Detector`. */
export type AlwaysDeployed = Exclude<DeployedHandler, 'verify' | 'observeKubernetes'>;
