import {
  AssumeRole$,
  GetCallerIdentity$,
  type AssumeRoleCommandInput,
  type AssumeRoleResponse,
  type GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import type { CredentialBook } from './credential-book';
import { operation, type Call, type Service } from './operation';
import { query } from './protocols/query';
import { WireError } from './wire-error';

export interface Sts {
  /** Makes a role that the accounts may assume, from outside with `externalId` where one is given; gives its ARN. */
  createRole(name: string, role: { account: string; trusts: readonly string[]; externalId?: string }): string;
}

interface Role {
  readonly account: string;
  readonly trusts: readonly string[];
  readonly externalId?: string;
}

/** SDK model, `roleDurationSecondsType`; the default and the hour of chained roles: `AssumeRoleRequest.DurationSeconds`. */
const SECONDS = { least: 900, most: 43_200, usual: 3_600 };

/** SDK model, `roleSessionNameType`. */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

export function sts(credentials: CredentialBook): { state: Sts; service: Service } {
  const roles = new Map<string, Role>();

  function assumeRole(input: AssumeRoleCommandInput, call: Call): AssumeRoleResponse {
    const {
      RoleArn: roleArn = '',
      RoleSessionName: sessionName = '',
      DurationSeconds: seconds = SECONDS.usual,
    } = input;
    checkDuration(seconds, call);
    checkPolicy(input.Policy);
    if (!SESSION_NAME.test(sessionName)) {
      throw invalid(`Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: ${SESSION_NAME.source}`);
    }
    const role = roles.get(roleArn);
    const trusted = role?.trusts.includes(call.account) && role.externalId === input.ExternalId;
    if (!role || !trusted) {
      const message = `User: ${call.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw new WireError('AccessDenied', message, 403);
    }
    const arn = `arn:aws:sts::${role.account}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`;
    const userId = `AROA${role.account}:${sessionName}`;
    const session = credentials.ofRole({ account: role.account, arn, userId, seconds });
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: session.expiration,
      },
      AssumedRoleUser: { Arn: arn, AssumedRoleId: userId },
    };
  }

  return {
    service: {
      name: 'sts',
      protocol: query('2011-06-15', 'https://sts.amazonaws.com/doc/2011-06-15/'),
      refusal: { missing: 'ValidationError', invalid: 'ValidationError' },
      throttle: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
      operations: [
        operation(
          AssumeRole$,
          { honours: ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId', 'Policy'] },
          assumeRole,
        ),
        operation(GetCallerIdentity$, { honours: [] }, getCallerIdentity),
      ],
    },
    state: {
      createRole(name, role) {
        const arn = `arn:aws:iam::${role.account}:role/${name}`;
        roles.set(arn, role);
        return arn;
      },
    },
  };
}

function getCallerIdentity(_: object, call: Call): GetCallerIdentityResponse {
  return { Account: call.account, Arn: call.arn, UserId: call.userId };
}

function checkDuration(seconds: number, call: Call): void {
  if (seconds < SECONDS.least || seconds > SECONDS.most) {
    throw invalid(`Value '${seconds}' at 'durationSeconds' must be ${SECONDS.least} to ${SECONDS.most}`);
  }
  if (seconds > SECONDS.usual && call.accessKeyId.startsWith('ASIA')) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
}

/** SDK model, `unrestrictedSessionPolicyDocumentType`. What it allows is nobody's business here: services check no rights. */
function checkPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  if (policy.length > 2_048) throw invalid('The policy has more than 2048 characters');
  try {
    JSON.parse(policy);
  } catch {
    throw new WireError('MalformedPolicyDocument', 'The policy is not in the valid JSON format.');
  }
}

function invalid(message: string): WireError {
  return new WireError('ValidationError', message);
}
