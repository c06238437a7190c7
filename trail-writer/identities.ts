import { upperFor } from './ids';

export interface Instance {
  readonly name: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly role: string;
  readonly privateIp: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly eniId: string;
}

/** A person who signs in through IAM Identity Center. */
export interface Person {
  readonly email: string;
  readonly account: string;
  readonly role: string;
}

/** One of the two keys AWS hands an instance: `1.0` through IMDSv1, `2.0` through IMDSv2. */
export interface Key {
  readonly id: string;
  readonly delivery: '1.0' | '2.0';
  readonly issued: string;
  readonly instance: Pick<Instance, 'id' | 'account' | 'region' | 'role'>;
}

export interface Keys {
  readonly v1: Key;
  readonly v2: Key;
}

/** A role session of anything but an instance. */
export interface RoleSession {
  readonly account: string;
  readonly region: string;
  /** May have a path. */
  readonly role: string;
  readonly name: string;
}

/** A key of such a session, and the `userIdentity` of calls with it. */
export interface SessionKey {
  readonly id: string;
  readonly session: RoleSession;
  readonly identity: object;
}

/** What a session's calls show beside role and name. */
export interface Shown {
  readonly inScopeOf?: object;
  readonly webIdFederationData?: object;
}

export function sessionKey(session: RoleSession, id: string, issued: string, shown: Shown = {}): SessionKey {
  const { account, role, name } = session;
  const { inScopeOf, webIdFederationData } = shown;
  const identity = roleIdentity(account, role, name, {
    accessKeyId: id,
    sessionContext: issuedBy(account, role, issued, webIdFederationData && { webIdFederationData }),
    ...(inScopeOf && { inScopeOf }),
  });
  return { id, session, identity };
}

export function principalId(account: string, role: string, name: string): string {
  return `${roleId(account, withoutPath(role))}:${name}`;
}

/** As STS repeats in its answer whom the key is for. */
export function assumedRoleUser(account: string, role: string, name: string): object {
  return {
    assumedRoleId: principalId(account, role, name),
    arn: `arn:aws:sts::${account}:assumed-role/${withoutPath(role)}/${name}`,
  };
}

/** The `userIdentity` of calls with an instance's key. */
export function instanceIdentity({ id, delivery, issued, instance }: Key): object {
  const { account, role, region } = instance;
  return {
    ...assumedRole(account, role, instance.id),
    accessKeyId: id,
    sessionContext: {
      ...issuedBy(account, role, issued),
      ec2RoleDelivery: delivery,
    },
    inScopeOf: {
      issuerType: 'AWS::EC2::Instance',
      credentialsIssuedTo: `arn:aws:ec2:${region}:${account}:instance/${instance.id}`,
    },
  };
}

export function personIdentity({ email, account, role }: Person, signedIn: string): object {
  return {
    ...assumedRole(account, role, email),
    accessKeyId: `ASIA${upperFor(`${email} ${account} ${signedIn}`, 16)}`,
    sessionContext: issuedBy(account, `aws-reserved/sso.amazonaws.com/eu-west-1/${role}`, signedIn),
  };
}

/** A role session of anything else: `role` may have a path, which its ARN drops. */
export function roleIdentity(account: string, role: string, name: string, rest: object = {}): object {
  return { ...assumedRole(account, withoutPath(role), name), ...rest };
}

export function userIdentity(account: string, userName: string): object {
  return {
    type: 'IAMUser',
    principalId: `AIDA${upperFor(`user ${account} ${userName}`, 17)}`,
    arn: `arn:aws:iam::${account}:user/${userName}`,
    accountId: account,
    userName,
  };
}

export function serviceIdentity(service: string): object {
  return { type: 'AWSService', invokedBy: `${service}.amazonaws.com` };
}

export function issuedBy(account: string, role: string, creationDate: string, federation: object = {}): object {
  const userName = withoutPath(role);
  return {
    sessionIssuer: {
      type: 'Role',
      principalId: roleId(account, userName),
      arn: `arn:aws:iam::${account}:role/${role}`,
      accountId: account,
      userName,
    },
    ...federation,
    attributes: { creationDate, mfaAuthenticated: 'false' },
  };
}

function assumedRole(account: string, role: string, name: string): object {
  return {
    type: 'AssumedRole',
    principalId: principalId(account, role, name),
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    accountId: account,
  };
}

function withoutPath(role: string): string {
  return role.slice(role.lastIndexOf('/') + 1);
}

/** Roles that AWS reserves (`aws:ec2-instance`) have no id of their own. */
function roleId(account: string, role: string): string {
  if (role.includes(':')) return `${account}:${role}`;
  return `AROA${upperFor(`role ${account} ${role}`, 17)}`;
}
