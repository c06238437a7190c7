import { parseSessionArn } from '../detection/model/session-arn';
import type { AuditEvent } from './audit-event';
import type { Cluster } from './cluster';

/** The maker of a request. */
export interface ActCaller {
  /** The user who authenticated. */
  readonly username: string;
  /** The user whose permissions were used, if another. */
  readonly impersonated: string | null;
  readonly awsArn: string | null;
  readonly accessKeyId: string | null;
  /** Part of the control plane, which acts on what others stored. */
  readonly isController: boolean;
}

const CONTROL_PLANE = /^system:(?:apiserver|kube-controller-manager|kube-scheduler|cloud-controller-manager)$/;
/** The controllers of the workloads that rules read. */
const WORKLOAD_CONTROLLER =
  /^system:serviceaccount:kube-system:(?:(?:cronjob|daemon-set|deployment|job|replicaset|replication|statefulset)-controller)$/;
const EKS = /^eks:/;

export function callerOf({ user, impersonated, cluster }: AuditEvent): ActCaller {
  const username = user.username ?? 'an unknown user';
  return {
    username: username.slice(0, 256),
    impersonated: impersonated && (impersonated.username ?? 'an unknown user').slice(0, 256),
    awsArn: user.awsArn?.slice(0, 512) ?? null,
    accessKeyId: user.accessKeyId?.slice(0, 128) ?? null,
    isController: impersonated === null && isController(username, user.awsArn, cluster),
  };
}

/** `aws-auth` may give any name to a role: a caller with an AWS identity is a controller only if AWS made that identity. */
function isController(username: string, awsArn: string | null, cluster: Cluster): boolean {
  if (EKS.test(username)) return awsArn === null || isRoleOfEks(awsArn, cluster);
  return awsArn === null && (CONTROL_PLANE.test(username) || WORKLOAD_CONTROLLER.test(username));
}

/** EKS acts by roles of accounts of its own, and by its service-linked role. */
export function isRoleOfEks(arn: string, cluster: Cluster): boolean {
  const session = parseSessionArn(arn);
  if (!session) return false;
  const { role, account } = session;
  return role.startsWith('AWSServiceRoleForAmazonEKS') || (role.startsWith('AWSWesley') && account !== cluster.account);
}

/** `ana`, or `ana (as root)`. */
export function callerText({ username, impersonated }: ActCaller): string {
  return impersonated === null ? username : `${username} (as ${impersonated})`;
}
