import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { CANARY_SESSION } from '../../detection/vocabulary';

/** Temporary credentials for SDK clients. */
export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const SECONDS = 900;
/** A session that ends within this time (milliseconds) is not used again. */
const MARGIN = 120_000;
/** After this time (milliseconds) a role that could not be assumed is tried again. */
const RETRY = 60_000;

export interface SessionLimits {
  /** All that the sessions may do. */
  readonly actions: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Returns sessions of roles that may perform these actions and nothing else, one per role until it expires. They have the
 * session name of canaries, so that their records are not judged.
 */
export function limitedSessions(
  sts: STSClient,
  { actions, now }: SessionLimits,
): (roleArn: string) => Promise<SessionKeys> {
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  });
  const sessions = new Map<string, { readonly keys: Promise<SessionKeys>; readonly until: number }>();
  const assume = async (roleArn: string): Promise<SessionKeys> => {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: CANARY_SESSION,
        DurationSeconds: SECONDS,
        Policy: policy,
      }),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
  };
  return (roleArn) => {
    const known = sessions.get(roleArn);
    if (known && now() < known.until) return known.keys;
    const session = { keys: assume(roleArn), until: now() + SECONDS * 1_000 - MARGIN };
    sessions.set(roleArn, session);
    session.keys.catch(() => (session.until = now() + RETRY));
    return session.keys;
  };
}
