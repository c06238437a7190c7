import { call, FRANKFURT, person, PLACES, service, session, SHOP, type Place, type TrailRecord } from './record-shapes';

const INSTANCE = 'i-0a11ce0000c0ffee1';
const TASK = '3f2b8c1d4e5f60718293a4b5c6d7e8f9';
const POD = 'eks-shop-prod-orders-7d9f8-4b1d2c3e-5f60-4718-8293-a4b5c6d7e8f9';
const NAT = '198.51.100.7';

interface AssumedShape {
  readonly by: object;
  readonly role: string;
  readonly session: string;
  readonly place?: Place;
  readonly from?: string;
  /** @default AssumeRole */
  readonly name?: string;
  readonly request?: object;
  readonly response?: object;
  readonly extra?: object;
}

function assumed(shape: AssumedShape): TrailRecord {
  const { place = FRANKFURT, by, role, from = NAT } = shape;
  return call({
    name: shape.name ?? 'AssumeRole',
    service: 'sts',
    from,
    place,
    identity: by,
    request: {
      roleArn: `arn:${place.partition}:iam::${SHOP}:role/${role}`,
      roleSessionName: shape.session,
      ...shape.request,
    },
    response: {
      credentials: { accessKeyId: 'ASIAEXAMPLEEXAMPLE02', expiration: 'Sep 1, 2026, 2:00:27 PM' },
      // EC2, ECS and Lambda are not told it.
      ...(UNTOLD.test(JSON.stringify(by)) ? {} : { assumedRoleUser: assumedRoleUser(place, role, shape.session) }),
      ...shape.response,
    },
    extra: { resources: [{ accountId: SHOP, type: 'AWS::IAM::Role' }], ...shape.extra },
  });
}

const UNTOLD = /"(?:ec2|ecs-tasks|(?:edge)?lambda)\.amazonaws\.com/;

function assumedRoleUser({ partition }: Place, role: string, name: string): object {
  const last = role.replace(/^.*\//, '');
  return {
    arn: `arn:${partition}:sts::${SHOP}:assumed-role/${last}/${name}`,
    assumedRoleId: `AROAEXAMPLEEXAMPLE001:${name}`,
  };
}

/** Records in which STS hands a workload its key. All of them matter. */
export function issuances(): Readonly<Record<string, TrailRecord>> {
  return Object.fromEntries(PLACES.flatMap((place) => Object.entries(issuancesIn(place))));
}

function issuancesIn(place: Place): Record<string, TrailRecord> {
  const by = (name: string, role: string, sessionName: string, more: object = {}): TrailRecord => {
    const full = `${name}.${place.services}`;
    return assumed({ by: service(full), from: full, role, session: sessionName, place, ...more });
  };
  const records = {
    'an instance': by('ec2', 'orders', INSTANCE),
    'an instance, of a role with a path': by('ec2', 'shop/orders', INSTANCE),
    'an instance, by default host management': by('ssm', 'service-role/hosts', INSTANCE),
    'a task': by('ecs-tasks', 'cart', TASK),
    'a function': by('lambda', 'service-role/invoice-role', 'invoice'),
    'a function, session that Lambda names': by('lambda', 'invoice-role', 'awslambda_744_20260901070000000'),
    'a function at the edge': by('edgelambda', 'edge-role', 'us-east-1.redirect'),
    'a pod': by('pods.eks', 'orders-pod', POD, {
      request: {
        durationSeconds: 21_600,
        tags: [
          { key: 'eks-cluster-arn', value: `arn:${place.partition}:eks:${place.region}:${SHOP}:cluster/shop-prod` },
          { key: 'kubernetes-namespace', value: 'orders' },
          { key: 'kubernetes-pod-name', value: 'orders-7d9f8' },
        ],
      },
    }),
    'a service account': serviceAccount(place),
    'a service account, whose name only the response has': serviceAccount(place, {
      by: { type: 'WebIdentityUser', principalId: 'EXAMPLE', identityProvider: 'EXAMPLE' },
    }),
    'a service account, in a large response left out': serviceAccount(place, {
      extra: { responseElements: null, additionalEventData: { omitted: true } },
    }),
  };
  const { 'a service account, in a large response left out': cut, ...told } = records;
  const named = place === FRANKFURT ? { ...told, 'a service account, in a large response left out': cut } : told;
  return Object.fromEntries(Object.entries(named).map(([to, record]) => [`${place.partition}: key for ${to}`, record]));
}

function serviceAccount(place: Place, more: Partial<AssumedShape> = {}): TrailRecord {
  const provider = `arn:${place.partition}:iam::${SHOP}:oidc-provider/oidc.eks.${place.region}.amazonaws.com/id/EXAMPLE`;
  return assumed({
    name: 'AssumeRoleWithWebIdentity',
    by: {
      type: 'WebIdentityUser',
      principalId: `${provider}:sts.amazonaws.com:system:serviceaccount:reports:writer`,
      userName: 'system:serviceaccount:reports:writer',
      identityProvider: provider,
    },
    role: 'reports-sa',
    session: 'aws-sdk-java-1756713600000',
    place,
    response: {
      subjectFromWebIdentityToken: 'system:serviceaccount:reports:writer',
      provider,
      audience: 'sts.amazonaws.com',
    },
    ...more,
  });
}

const OUTSIDER = { type: 'AWSAccount', principalId: 'AROAEXAMPLEEXAMPLE009:scanner', accountId: '444455556666' };

/** Keys that somebody else was given: they disprove a session name like a workload's, or hand a workload's rights on. */
export function foreignKeys(): Readonly<Record<string, TrailRecord>> {
  const own = session({ role: 'orders', session: INSTANCE, context: { ec2RoleDelivery: '2.0' } });
  return {
    'another account names the session after an instance': assumed({ by: OUTSIDER, role: 'admin', session: INSTANCE }),
    ...Object.fromEntries(
      [...'0123456789abcdef'].map((digit) => [
        `another account names the session after a task that ends in ${digit}`,
        assumed({ by: OUTSIDER, role: 'admin', session: `${TASK.slice(0, -1)}${digit}` }),
      ]),
    ),
    'a person assumes a role': assumed({ by: person(), role: 'admin', session: 'terraform' }),
    ...signedInAs('an instance', INSTANCE),
    ...signedInAs('a task', TASK),
    ...signedInAs('a pod', POD),
    'another account names the session after a pod': assumed({
      by: OUTSIDER,
      role: 'admin',
      session: POD,
    }),
    'an instance assumes another role': assumed({ by: own, role: 'archive-reader', session: 'orders' }),
  };
}

function signedInAs(what: string, sessionName: string): Record<string, TrailRecord> {
  const saml = {
    type: 'SAMLUser',
    principalId: 'EXAMPLE=:dana@example.com',
    userName: 'dana@example.com',
    identityProvider: 'EXAMPLE=',
  };
  const web = { type: 'WebIdentityUser', principalId: 'accounts.example.com:app:dana', userName: 'dana' };
  const shape = { role: 'admin', session: sessionName };
  return {
    [`a person signs in as ${what} by SAML`]: assumed({ ...shape, name: 'AssumeRoleWithSAML', by: saml }),
    [`a token of another provider names ${what}`]: assumed({ ...shape, name: 'AssumeRoleWithWebIdentity', by: web }),
  };
}

/** Keys that a workload service asks for in a way none is known to. They are carried. */
export function namedOtherwise(): Readonly<Record<string, TrailRecord>> {
  const names = PLACES.slice(0, 2).flatMap((place) =>
    ['ec2', 'ssm', 'ecs-tasks', 'pods.eks', 'lambda', 'edgelambda'].map((name): [string, TrailRecord] => {
      const full = `${name}.${place.services}`;
      const shape = { by: { invokedBy: full }, from: full, role: 'orders', session: 'shop-orders', place };
      return [`${place.partition}: ${name} names a session otherwise, and is named alone`, assumed(shape)];
    }),
  );
  const by = { by: service('lambda.amazonaws.com'), from: 'lambda.amazonaws.com', role: 'orders', session: 'invoice' };
  const actions = ['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'].map((name): [string, TrailRecord] => [
    `lambda asks by ${name}`,
    assumed({ ...by, name }),
  ]);
  return Object.fromEntries([...names, ...actions]);
}

/** Keys that were given to people and programs outside; none of them matters. */
export function otherKeys(): Readonly<Record<string, TrailRecord>> {
  return {
    ...Object.fromEntries(
      ['dana@shopde', 'dana-2', 'dana.d', 'dana_d', 'terraform'].map((name) => [
        `another account names the session ${name}`,
        assumed({ by: OUTSIDER, role: 'admin', session: name }),
      ]),
    ),
    'a person is refused a role': assumed({
      by: person(),
      role: 'admin',
      session: 'dana',
      extra: { errorCode: 'AccessDenied', responseElements: null },
    }),
    'EC2 is refused a role': assumed({
      by: service('ec2.amazonaws.com'),
      from: 'ec2.amazonaws.com',
      role: 'orders',
      session: INSTANCE,
      extra: { errorCode: 'AccessDenied', responseElements: null },
    }),
    'a person signs in by SAML': assumed({
      name: 'AssumeRoleWithSAML',
      by: { type: 'SAMLUser', principalId: 'EXAMPLE=:dana@example.com', userName: 'dana@example.com' },
      role: 'admin',
      session: 'dana@example.com',
    }),
    'a pipeline shows a token of GitHub': assumed({
      name: 'AssumeRoleWithWebIdentity',
      by: {
        type: 'WebIdentityUser',
        principalId: `arn:aws:iam::${SHOP}:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:shop/web`,
        userName: 'repo:shop/web:ref:refs/heads/main',
      },
      role: 'deploy',
      session: 'GitHubActions',
      response: { subjectFromWebIdentityToken: 'repo:shop/web:ref:refs/heads/main' },
    }),
    'Config assumes its role': assumed({
      by: service('config.amazonaws.com'),
      from: 'config.amazonaws.com',
      role: 'aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig',
      session: 'AWSConfig-Describe',
    }),
    'a service of another account assumes a role': assumed({
      by: OUTSIDER,
      role: 'scanner',
      session: 'scanner',
    }),
  };
}
