import type { Caller, ForeignKey } from './facts';
import { parseSessionArn } from '../model/session-arn';

/** Names of what a grant gives. */
export const principal = {
  key: (accessKeyId: string): string => `key/${accessKeyId}`,
  user: (account: string, name: string): string => `user/${account}/${name}`,
  role: (account: string, name: string): string => `role/${account}/${name}`,
  /** Sessions that come from outside the account's IAM: by an identity provider, a trust anchor or Identity Center. */
  federation: (account: string): string => `federation/${account}`,
} as const;

/** Stands for the account where a grant is for all accounts of an organisation. */
export const ANY_ACCOUNT = '*';

const USER_ARN = /^arn:[\w-]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/;

/**
 * What grants to a caller are looked up by. `key`: who requested its access key, where that is known; a session that
 * a known caller requested is followed through that caller alone.
 */
export function principalsOf({ sessionArn, accessKeyId }: Caller, key?: ForeignKey): string[] {
  const session = parseSessionArn(sessionArn);
  if (!session) {
    const [, account = '', name = ''] = USER_ARN.exec(sessionArn) ?? [];
    return [
      ...(accessKeyId === null ? [] : [principal.key(accessKeyId)]),
      ...(name === '' ? [] : [principal.user(account, name)]),
    ];
  }
  if (key?.by) return [];
  return [
    principal.role(session.account, session.role),
    principal.federation(session.account),
    principal.federation(ANY_ACCOUNT),
  ];
}
