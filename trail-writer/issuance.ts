import { credentialsOf, type Issued } from './calls';
import { assumedRoleUser, type RoleSession, type Shown } from './identities';
import type { Action } from './record';

/** An OpenID token: its issuer and its subject. */
export interface Token {
  /** Without `https://`. */
  readonly issuer: string;
  readonly subject: string;
}

/** The request that exchanges a token for credentials of an hour, its `userIdentity`, and what the session's calls show. */
export function exchangeOf(
  { issuer, subject }: Token,
  { account, role, name }: RoleSession,
  issued: Issued,
): { readonly action: Action; readonly identity: object; readonly shown: Shown } {
  const provider = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
  const roleArn = `arn:aws:iam::${account}:role/${role}`;
  const action: Action = {
    service: 'sts',
    name: 'AssumeRoleWithWebIdentity',
    readOnly: true,
    request: { roleArn, roleSessionName: name, durationSeconds: 3600 },
    response: () => ({
      credentials: credentialsOf(issued),
      subjectFromWebIdentityToken: subject,
      assumedRoleUser: assumedRoleUser(account, role, name),
      provider,
      audience: 'sts.amazonaws.com',
    }),
    resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: roleArn }],
  };
  const identity = {
    type: 'WebIdentityUser',
    principalId: `${provider}:sts.amazonaws.com:${subject}`,
    userName: subject,
    identityProvider: provider,
  };
  return { action, identity, shown: { webIdFederationData: { federatedProvider: provider, attributes: {} } } };
}
