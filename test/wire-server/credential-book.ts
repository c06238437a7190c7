import type { Clock } from './clock';
import { header, type WireHttpRequest } from './wire-http';
import { WireError } from './wire-error';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
}

/** What a request's signature is scoped to. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** `securityhub`, `events`, `sqs`, `sns`, `sts`, `ec2`, `s3`, `dynamodb`. */
  readonly service: string;
}

export interface RoleSession extends Credentials {
  readonly expiration: Date;
}

export interface CredentialBook {
  /** The lasting key of one account, made on first asking. */
  ofAccount(account: string): Credentials;
  /** Temporary credentials of a role session. */
  ofRole(session: { account: string; arn: string; userId: string; seconds: number }): RoleSession;
  /** Who holds the key of a request; throws the refusals of unsigned, unknown and expired credentials. */
  callerOf(scope: Scope | undefined, request: WireHttpRequest): Caller;
}

interface Issued {
  readonly caller: Caller;
  readonly sessionToken: string | undefined;
  readonly expires: number;
}

const SCOPE = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Undefined for a request without a signature of version 4. The signature itself is not checked. */
export function scopeOf(request: WireHttpRequest): Scope | undefined {
  const [, accessKeyId, region, service] = SCOPE.exec(header(request, 'authorization') ?? '') ?? [];
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}

export function credentialBook(clock: Clock): CredentialBook {
  const issued = new Map<string, Issued>();
  let sessions = 0;

  return {
    ofAccount(account) {
      const accessKeyId = `AKIA${account.padStart(16, '0')}`;
      const caller = { account, arn: `arn:aws:iam::${account}:user/wire`, userId: `AIDA${account}`, accessKeyId };
      issued.set(accessKeyId, { caller, sessionToken: undefined, expires: Infinity });
      return { accessKeyId, secretAccessKey: 'wire-secret' };
    },

    ofRole({ account, arn, userId, seconds }) {
      sessions += 1;
      const accessKeyId = `ASIA${String(sessions).padStart(16, '0')}`;
      const sessionToken = `wire-session-${sessions}`;
      const expires = clock.now() + seconds * 1000;
      issued.set(accessKeyId, { caller: { account, arn, userId, accessKeyId }, sessionToken, expires });
      return { accessKeyId, secretAccessKey: 'wire-secret', sessionToken, expiration: new Date(expires) };
    },

    callerOf(scope, request) {
      if (!scope) throw new WireError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
      const known = issued.get(scope.accessKeyId);
      if (!known || known.sessionToken !== header(request, 'x-amz-security-token')) {
        throw new WireError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
      }
      if (known.expires <= clock.now()) {
        throw new WireError('ExpiredToken', 'The security token included in the request is expired', 403);
      }
      return known.caller;
    },
  };
}
