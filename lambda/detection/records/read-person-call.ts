import type { Caller, PersonCall } from '../facts/facts';
import { cidrSet } from '../model/address';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { text } from '../model/json-field';
import { originOf } from '../model/origin';
import { parseSessionArn } from '../model/session-arn';

const DAY = 86_400_000;
const NO_NETWORKS = cidrSet([]);

/** Who calls, in which account, and from where. */
export type Person = Pick<PersonCall, 'account' | 'address' | 'who'>;

/** Roles that IAM Identity Center makes for people. */
const IDENTITY_CENTER_ROLE = 'AWSReservedSSO_';

/**
 * The call of a person of the account from a public address: of an IAM user, the root user, a session of Identity Center or
 * the console, one that an identity provider named by an e-mail address, or the request for one by SAML. `caller`: the
 * session's, if it is a session. An access key of a user that software has counts as the user.
 */
export function readPersonCall(record: CloudTrailRecord, caller: Caller | null): PersonCall | null {
  const { source, account, time, eventId } = record;
  if (!source || record.serviceEvent || source.ip === null) return null;
  const who = caller ? personInSession(caller, record) : personWithoutSession(record);
  // Asked last, as it takes longest.
  if (who === null || originOf(source, NO_NETWORKS).kind !== 'public') return null;
  return personCall({ account, address: source.ip, who }, time, eventId);
}

/** Facts of one account, address and UTC day have one id. */
export function personCall({ account, address, who }: Person, time: number, eventId: string): PersonCall {
  const id = [account, address, Math.floor(time / DAY)].join('/');
  return { fact: 'person', id, eventId, time, account, address, who };
}

function personInSession({ workload, sessionArn }: Caller, { account, fromConsole }: CloudTrailRecord): string | null {
  const session = parseSessionArn(sessionArn);
  if (workload || session?.account !== account) return null;
  return fromConsole || session.role.startsWith(IDENTITY_CENTER_ROLE) || session.name.includes('@') ? sessionArn : null;
}

/** Anyone can fail to sign in as a user of the account, so that no request to sign in counts but one that succeeded. */
function personWithoutSession({
  identity,
  account,
  eventSource,
  eventName,
  errorCode,
  response,
}: CloudTrailRecord): string | null {
  const { type, arn, accountId } = identity;
  if (type === 'SAMLUser')
    return eventName === 'AssumeRoleWithSAML' && errorCode === null
      ? (identity.userName ?? identity.principalId)
      : null;
  if ((type !== 'IAMUser' && type !== 'Root') || accountId !== account) return null;
  if (isSignIn(eventSource) && text(response, 'ConsoleLogin') !== 'Success') return null;
  return arn;
}

/** Calls that are made without credentials. */
export function isSignIn(eventSource: string): boolean {
  return eventSource.startsWith('signin.');
}
