import type { Instance, Person } from './cast';
import { upperFor } from './made-up-ids';

/** One of the two keys AWS hands an instance: `1.0` through IMDSv1, `2.0` through IMDSv2. */
export interface Key {
  readonly id: string;
  readonly delivery: '1.0' | '2.0';
  readonly issued: string;
  readonly instance: Instance;
}

export interface Keys {
  readonly v1: Key;
  readonly v2: Key;
}

/** The `userIdentity` of calls with an instance's key. */
export function instanceIdentity({ id, delivery, issued, instance }: Key): object {
  const { account, role, region } = instance;
  return {
    ...session(account, role, instance.id),
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
    ...session(account, role, email),
    accessKeyId: `ASIA${upperFor(`${email} ${account} ${signedIn}`, 16)}`,
    sessionContext: issuedBy(account, `aws-reserved/sso.amazonaws.com/eu-west-1/${role}`, signedIn),
  };
}

/** A role session of anything else: `role` may have a path, which its ARN drops. */
export function roleIdentity(account: string, role: string, name: string, rest: object = {}): object {
  return { ...session(account, role.slice(role.lastIndexOf('/') + 1), name), ...rest };
}

export function serviceIdentity(service: string): object {
  return { type: 'AWSService', invokedBy: `${service}.amazonaws.com` };
}

export function issuedBy(account: string, role: string, creationDate: string): object {
  const userName = role.slice(role.lastIndexOf('/') + 1);
  return {
    sessionIssuer: {
      type: 'Role',
      principalId: roleId(account, userName),
      arn: `arn:aws:iam::${account}:role/${role}`,
      accountId: account,
      userName,
    },
    attributes: { creationDate, mfaAuthenticated: 'false' },
  };
}

function session(account: string, role: string, name: string): object {
  return {
    type: 'AssumedRole',
    principalId: `${roleId(account, role)}:${name}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    accountId: account,
  };
}

/** Roles that AWS reserves (`aws:ec2-instance`) have no id of their own. */
function roleId(account: string, role: string): string {
  if (role.includes(':')) return `${account}:${role}`;
  return `AROA${upperFor(`role ${account} ${role}`, 17)}`;
}
