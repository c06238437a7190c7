import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { SessionKeys } from '../../lambda/adapters/sts/limited-sessions';
import type { Deployment } from './deployment';
import { awsFault } from './aws-fault';

/** Credentials for reading an account; undefined for the CLI's own. */
export type SessionOf = (account: string) => Promise<SessionKeys | undefined>;

/**
 * Sessions of the verification role, cached per account. Without such a role only the own account can be read, with the
 * CLI's credentials.
 */
export function verificationSessions(
  sts: STSClient,
  { account: own, partition, caller }: Pick<Deployment, 'account' | 'partition' | 'caller'>,
  role: string | null,
  sessionName: string,
): SessionOf {
  const sessions = new Map<string, Promise<SessionKeys>>();
  const assume = async (account: string): Promise<SessionKeys> => {
    const arn = `arn:${partition}:iam::${account}:role/${role ?? ''}`;
    try {
      const { Credentials: given } = await sts.send(
        new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: sessionName, DurationSeconds: 3_600 }),
      );
      return {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      };
    } catch (error) {
      throw awsFault(
        `assume ${arn} as ${caller}`,
        error,
        'It trusts the roles of the hub account named by operatorRoles',
      );
    }
  };
  return async (account) => {
    if (role === null && account === own) return undefined;
    if (role === null) throw new Error(`no verification role is deployed, so only account ${own} can be read`);
    const known = sessions.get(account) ?? assume(account);
    sessions.set(account, known);
    return known;
  };
}
