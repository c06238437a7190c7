import type { SessionArn } from './workload-kind';

const SESSION_ARN = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/;
const ROLE_ARN = /^arn:([\w-]+):iam::(\d{12}):role\/(.*\/)?([^/]+)$/;

export function parseSessionArn(arn: string | null): SessionArn | null {
  const parts = arn === null ? null : SESSION_ARN.exec(arn);
  if (!parts) return null;
  const [, partition = '', account = '', role = '', name = ''] = parts;
  return { partition, account, role, name };
}

/** A role ARN's path (`aws-service-role/x/`, or nothing) and name; null for any other text. */
export function roleArnParts(
  arn: string | null,
): { partition: string; account: string; path: string; name: string } | null {
  const parts = arn === null ? null : ROLE_ARN.exec(arn);
  if (!parts) return null;
  const [, partition = '', account = '', path = '', name = ''] = parts;
  return { partition, account, path, name };
}

/** The session a role and a session name make. The role's path is dropped, as AWS drops it. */
export function sessionArnOf(roleArn: string, sessionName: string): string | null {
  const role = roleArnParts(roleArn);
  return role && `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/${sessionName}`;
}

/** The role's name in a session ARN; the whole text where it is none. */
export function roleOf(sessionArn: string): string {
  return parseSessionArn(sessionArn)?.role ?? sessionArn;
}
