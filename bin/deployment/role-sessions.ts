import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Deployment } from './deployment';
import { awsFault } from './aws-fault';

/** Temporary credentials, as every SDK client takes them. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Gives credentials for reading an account; undefined for those the CLI has anyway. */
export type SessionOf = (account: string) => Promise<Keys | undefined>;

/**
 * Sessions of the verification role, one an account. Without such a role only the own account can be read, with the own
 * credentials.
 */
export function verificationSessions(
  sts: STSClient,
  { account: own, partition, caller }: Pick<Deployment, 'account' | 'partition' | 'caller'>,
  role: string | null,
  sessionName: string,
): SessionOf {
  const sessions = new Map<string, Promise<Keys>>();
  const assume = async (account: string): Promise<Keys> => {
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
      throw awsFault(`assume ${arn} as ${caller}`, error, 'It trusts the hub account’s roles that operatorRoles names');
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
