import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { parseSessionArn, roleArnParts } from '../model/session-arn';
import type { SessionArn } from '../model/workload-kind';
import type { CheckedGuardrails, Exceptions } from './guardrail';

/** A principal that service control policies apply to. */
export interface PolicySubject {
  readonly account: string;
  /** A role's name, `user/<name>`, `federated-user/<name>`, or `root`. */
  readonly principal: string;
  /** As `aws:PrincipalArn` has it: of a role session the role's; null for the root user. */
  readonly arn: string | null;
  /** A role's name without its path; null for others. */
  readonly role: string | null;
}

const USER = /^arn:[\w-]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/;
const FEDERATED = /^arn:[\w-]+:sts::(\d{12}):federated-user\/(.+)$/;
const ROOT = /^arn:[\w-]+:iam::(\d{12}):root$/;
const SERVICE_LINKED = /^AWSServiceRoleFor/;

/**
 * The caller of a record, as policies see it; null if none apply: the management account, AWS's services and their
 * service-linked roles (Organizations user guide, "SCP effects on permissions"), the reserved roles of EC2 ("not subject to
 * any identity or resource policy"), and the copy of a call that another account's principal made.
 */
export function policySubjectOf(
  record: CloudTrailRecord,
  { managementAccount }: Pick<CheckedGuardrails, 'managementAccount'>,
): PolicySubject | null {
  if (record.serviceEvent) return null;
  const subject = subjectOf(record);
  if (subject === null || subject.account !== record.account || subject.account === managementAccount) return null;
  return subject;
}

function subjectOf(record: CloudTrailRecord): PolicySubject | null {
  const session = parseSessionArn(record.identity.arn);
  return session === null ? memberOf(record.identity.arn ?? '') : holderOf(session, record.identity.sessionIssuerArn);
}

function holderOf({ account, partition, role }: SessionArn, issuer: string | null): PolicySubject | null {
  const issued = roleArnParts(issuer);
  // The path is reserved for AWS, the name is not: it counts only if the record has no path.
  const isServiceLinked = issued ? issued.path.startsWith('aws-service-role/') : SERVICE_LINKED.test(role);
  if (role.includes(':') || isServiceLinked) return null;
  const arn = issued === null ? `arn:${partition}:iam::${account}:role/${role}` : issuer;
  return { account, principal: role, arn, role };
}

/** An IAM user, a federated user or the root user. */
function memberOf(arn: string): PolicySubject | null {
  const [, userAccount, user] = USER.exec(arn) ?? [];
  if (userAccount !== undefined && user !== undefined)
    return { account: userAccount, principal: `user/${user}`, arn, role: null };
  const [, federatedAccount, federated] = FEDERATED.exec(arn) ?? [];
  if (federatedAccount !== undefined && federated !== undefined)
    return { account: federatedAccount, principal: `federated-user/${federated}`, arn, role: null };
  const [, rootAccount] = ROOT.exec(arn) ?? [];
  return rootAccount === undefined ? null : { account: rootAccount, principal: 'root', arn: null, role: null };
}

/** True if the principal is exempt from a guardrail. */
export function isExempt({ arn, role }: PolicySubject, { exemptRoles }: Pick<Exceptions, 'exemptRoles'>): boolean {
  return exemptRoles.some((exempt) =>
    exempt.startsWith('arn:') ? arn !== null && isLike(arn, exempt) : role !== null && isLike(role, exempt),
  );
}

/** Patterns come from settings and from here, never from records: there are few. */
const compiled = new Map<string, RegExp>();

/** Compares like `ArnLike` and `StringLike`: `*` is any text, `?` any character. */
export function isLike(text: string, pattern: string): boolean {
  const known = compiled.get(pattern);
  if (known) return known.test(text);
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const made = new RegExp(`^${source}$`, 's');
  compiled.set(pattern, made);
  return made.test(text);
}
