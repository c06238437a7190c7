import { credentialsOf } from './calls';
import { SHOP } from '../demo/story/cast';
import type { Chapter } from '../demo/story/chapter';
import { assumedRoleUser, sessionKey, type RoleSession, type SessionKey } from './identities';
import type { Action, From } from './record';

/** An OpenID token: who gave it, and to whom. */
export interface Token {
  /** Without `https://`. */
  readonly issuer: string;
  readonly subject: string;
}

/** A token, the session it is exchanged for a key of, and where from. */
export interface Exchange {
  readonly token: Token;
  readonly session: RoleSession;
  readonly from: From;
}

/** Whoever holds a token gets a key of an hour for it, and the record has the address of the one who asked. */
export function exchangeToken(chapter: Chapter, { token, session, from }: Exchange, at: string): SessionKey {
  const { account, region, role, name } = session;
  const provider = `arn:aws:iam::${SHOP}:oidc-provider/${token.issuer}`;
  const { issued, ...key } = chapter.newKey(session, at, 1);
  const roleArn = `arn:aws:iam::${account}:role/${role}`;
  const action: Action = {
    service: 'sts',
    name: 'AssumeRoleWithWebIdentity',
    readOnly: true,
    request: { roleArn, roleSessionName: name, durationSeconds: 3600 },
    response: () => ({
      credentials: credentialsOf(key),
      subjectFromWebIdentityToken: token.subject,
      assumedRoleUser: assumedRoleUser(account, role, name),
      provider,
      audience: 'sts.amazonaws.com',
    }),
    resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: roleArn }],
  };
  const identity = {
    type: 'WebIdentityUser',
    principalId: `${provider}:sts.amazonaws.com:${token.subject}`,
    userName: token.subject,
    identityProvider: provider,
  };
  chapter.add(at, account, region, { identity, from, action });
  return sessionKey(session, key.id, issued, {
    webIdFederationData: { federatedProvider: provider, attributes: {} },
  });
}
