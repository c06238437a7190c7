import type { GRANT_ACTIONS } from '../../lambda/detection/vocabulary';
import { call, person, SHOP, type CallShape, type TrailRecord } from './record-shapes';

type Shape = Pick<CallShape, 'request' | 'response'>;
type Call = {
  [Service in keyof typeof GRANT_ACTIONS]: `${Service} ${(typeof GRANT_ACTIONS)[Service][number]}`;
}[keyof typeof GRANT_ACTIONS];

const KEY = 'AKIAEXAMPLEEXAMPLE01';
const USER: Shape = { request: { userName: 'erin' } };
const ROLE: Shape = { request: { roleName: 'deploy' } };
const TEMPORARY: Shape = { response: { credentials: { accessKeyId: 'ASIAEXAMPLEEXAMPLE05' } } };
const SAML: Shape = { request: { name: 'directory', sAMLProviderArn: `arn:aws:iam::${SHOP}:saml-provider/directory` } };
const OIDC: Shape = {
  request: { openIDConnectProviderArn: `arn:aws:iam::${SHOP}:oidc-provider/token.example.com`, clientID: 'deploy' },
};
const ANCHOR: Shape = { request: { name: 'machines' } };

/** One record of each action. */
const SHAPES: Readonly<Record<Call, Shape>> = {
  'iam CreateUser': USER,
  'iam CreateAccessKey': { ...USER, response: { accessKey: { accessKeyId: KEY, userName: 'erin', status: 'Active' } } },
  'iam UpdateAccessKey': { request: { userName: 'erin', accessKeyId: KEY, status: 'Active' } },
  'iam CreateLoginProfile': USER,
  'iam UpdateLoginProfile': USER,
  'iam UploadSigningCertificate': USER,
  'iam CreateRole': ROLE,
  'iam UpdateAssumeRolePolicy': ROLE,
  'iam CreateSAMLProvider': SAML,
  'iam UpdateSAMLProvider': SAML,
  'iam CreateOpenIDConnectProvider': OIDC,
  'iam AddClientIDToOpenIDConnectProvider': OIDC,
  'iam UpdateOpenIDConnectProviderThumbprint': OIDC,
  'sts GetFederationToken': { request: { name: 'erin' }, ...TEMPORARY },
  'sts GetSessionToken': TEMPORARY,
  'sts AssumeRoot': { request: { targetPrincipal: SHOP }, ...TEMPORARY },
  'rolesanywhere CreateTrustAnchor': ANCHOR,
  'rolesanywhere UpdateTrustAnchor': ANCHOR,
  'rolesanywhere EnableTrustAnchor': ANCHOR,
  'rolesanywhere CreateProfile': ANCHOR,
  'rolesanywhere UpdateProfile': ANCHOR,
  'sso CreateAccountAssignment': { request: { targetId: SHOP, targetType: 'AWS_ACCOUNT' } },
  'identitystore CreateUser': { request: { identityStoreId: 'd-0123456789' } },
  'identitystore CreateGroupMembership': { request: { identityStoreId: 'd-0123456789' } },
};

/** Records in which a principal, or credentials of one, are made. All of them matter. */
export function grants(): Readonly<Record<string, TrailRecord>> {
  return Object.fromEntries(
    Object.entries(SHAPES).map(([made, shape]) => {
      const [service = '', name = ''] = made.split(' ');
      return [`grant: ${made}`, call({ name, service, identity: person(), ...shape })];
    }),
  );
}
