import { factId } from './fact-id';
import type { Caller, Grant } from '../facts/facts';
import { ANY_ACCOUNT, principal } from '../facts/principals';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { record as objectAt, text } from '../model/json-field';
import { GRANT_ACTIONS } from '../vocabulary';

type Action = {
  [Service in keyof typeof GRANT_ACTIONS]: (typeof GRANT_ACTIONS)[Service][number];
}[keyof typeof GRANT_ACTIONS];

/** The principal that a record gives or makes; null where it names none. */
type PrincipalReader = (record: CloudTrailRecord) => string | null;

const key = (accessKeyId: string | null): string | null => accessKeyId && principal.key(accessKeyId);

const user: PrincipalReader = ({ request, account }) => {
  const name = text(request, 'userName');
  return name && principal.user(account, name);
};

const role: PrincipalReader = ({ request, account }) => {
  const name = text(request, 'roleName');
  return name && principal.role(account, name);
};

const temporaryKey: PrincipalReader = ({ response }) => key(text(objectAt(response, 'credentials'), 'accessKeyId'));

const federation: PrincipalReader = ({ account }) => principal.federation(account);

const READERS: Readonly<Record<Action, PrincipalReader>> = {
  CreateUser: (record) => (record.eventSource.startsWith('iam.') ? user(record) : principal.federation(ANY_ACCOUNT)),
  CreateAccessKey: ({ response }) => key(text(objectAt(response, 'accessKey'), 'accessKeyId')),
  UpdateAccessKey: ({ request }) => (text(request, 'status') === 'Active' ? key(text(request, 'accessKeyId')) : null),
  CreateLoginProfile: user,
  UpdateLoginProfile: user,
  UploadSigningCertificate: user,
  CreateRole: role,
  UpdateAssumeRolePolicy: role,
  CreateSAMLProvider: federation,
  UpdateSAMLProvider: federation,
  CreateOpenIDConnectProvider: federation,
  AddClientIDToOpenIDConnectProvider: federation,
  UpdateOpenIDConnectProviderThumbprint: federation,
  GetFederationToken: temporaryKey,
  GetSessionToken: temporaryKey,
  AssumeRoot: temporaryKey,
  CreateTrustAnchor: federation,
  UpdateTrustAnchor: federation,
  EnableTrustAnchor: federation,
  CreateProfile: federation,
  UpdateProfile: federation,
  CreateAccountAssignment: ({ request }) => {
    const target = text(request, 'targetId');
    return target && principal.federation(target);
  },
  CreateGroupMembership: () => principal.federation(ANY_ACCOUNT),
};

const BY_CALL: ReadonlyMap<string, PrincipalReader> = new Map(
  Object.entries(GRANT_ACTIONS).flatMap(([service, names]) =>
    names.map((name) => [`${service} ${name}`, READERS[name]] as const),
  ),
);

const NAMES: ReadonlySet<string> = new Set(Object.values(GRANT_ACTIONS).flat());

/** The principal or credentials that a record gives; null for any other record and for a failed call. */
export function readGrant(record: CloudTrailRecord, by: Caller | null): Grant | null {
  if (!by || !NAMES.has(record.eventName)) return null;
  const read = BY_CALL.get(`${record.eventSource.split('.')[0] ?? ''} ${record.eventName}`);
  const to = record.errorCode === null ? read?.(record) : null;
  if (!to) return null;
  return {
    fact: 'grant',
    id: factId(record, to),
    eventId: record.eventId,
    time: record.time,
    to,
    by,
  };
}
