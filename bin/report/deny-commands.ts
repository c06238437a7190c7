import { kindNamed } from '../../lambda/detection/kinds/all-kinds';
import type { PolicyCondition } from '../../lambda/detection/model/workload-kind';
import type { FindingSession, FindingWorkload, RelatedSession } from '../../lambda/detection/model/finding';
import { parseSessionArn, roleOf } from '../../lambda/detection/model/session-arn';
import { command, shellWord } from '../../lambda/detection/model/shell-command';

const FEW = 4;
/** Placeholder for the current time, which the shell inserts. */
const NOW = '@NOW@';

/**
 * Denies what was issued before now to these sessions alone, by inline policies of their roles. Where the kind has no
 * condition for its workloads, a session is known by its name in `aws:userid`.
 */
export function denyCommands(
  workload: FindingWorkload,
  sessions: readonly FindingSession[],
  related: readonly RelatedSession[],
): (string | null)[] {
  const scope = kindNamed(workload.kind)?.sessionCondition?.(workload);
  const own = sessions.map(({ arn }) => denied(arn, scope ?? byUserId(arn)));
  const chained = related.filter(({ kind }) => kind === 'chained-session');
  const theirs = chained.map(({ arn }) => denied(arn, byUserId(arn)));
  const policies = [...own, ...theirs].filter((line) => line !== null).slice(0, FEW);
  return policies.length === 0 ? [] : ['NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)', ...policies];
}

function byUserId(arn: string): PolicyCondition {
  return { StringLike: { 'aws:userid': `*:${sessionName(arn)}` } };
}

/** AWS's pattern; any other character could widen the denial (`*`). */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

function denied(arn: string, scope: PolicyCondition): string | null {
  if (!SESSION_NAME.test(sessionName(arn))) return null;
  const condition = { DateLessThan: { 'aws:TokenIssueTime': NOW }, ...scope };
  const statement = { Effect: 'Deny', Action: '*', Resource: '*', Condition: condition };
  const policy = shellWord(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  const name = `credlock-${sessionName(arn)}`;
  const line = command`aws iam put-role-policy --role-name ${roleOf(arn)} --policy-name ${name} --policy-document`;
  return policy === null || line === null ? null : `${line} ${policy.replace(NOW, `'"$NOW"'`)}`;
}

function sessionName(arn: string): string {
  return parseSessionArn(arn)?.name ?? '';
}
