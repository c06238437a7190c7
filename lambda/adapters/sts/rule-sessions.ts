import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { CANARY_SESSION } from '../../detection/vocabulary';

/** Temporary credentials for SDK clients. */
export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const SECONDS = 900;
/** A session policy for listing rules and their targets. */
const LISTING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['events:ListRules', 'events:ListTargetsByRule'], Resource: '*' }],
});

/**
 * Returns sessions that may list event rules and nothing else, one per role for the lifetime of the returned function. They
 * have the session name of canaries, so that their records are not judged.
 */
export function ruleSessions(sts: STSClient): (roleArn: string) => Promise<SessionKeys> {
  const sessions = new Map<string, Promise<SessionKeys>>();
  const assume = async (roleArn: string): Promise<SessionKeys> => {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: CANARY_SESSION,
        DurationSeconds: SECONDS,
        Policy: LISTING,
      }),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
  };
  return (roleArn) => {
    const session = sessions.get(roleArn) ?? assume(roleArn);
    sessions.set(roleArn, session);
    return session;
  };
}
