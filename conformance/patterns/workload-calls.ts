import { call, FRANKFURT, PLACES, session, SHOP, type Place, type TrailRecord } from './record-shapes';

const INSTANCE = 'i-0a11ce0000c0ffee1';
const TASK = '3f2b8c1d4e5f60718293a4b5c6d7e8f9';
const UUID = '3f2b8c1d-4e5f-6071-8293-a4b5c6d7e8f9';
const POD = 'eks-shop-prod-orders-7d9f8-4b1d2c3e-5f60-4718-8293-a4b5c6d7e8f9';
const NAT = '198.51.100.7';

/** Calls with the credentials of every kind of workload, in the shapes they come in. All of them matter. */
export function workloadCalls(): Readonly<Record<string, TrailRecord>> {
  return { ...instanceCalls(), ...taskCalls(), ...podCalls(), ...functionCalls(), ...callsOfEveryPartition() };
}

function instanceCalls(): Record<string, TrailRecord> {
  const delivered = { context: { ec2RoleDelivery: '2.0' } };
  const scope = { also: { inScopeOf: instanceScope(FRANKFURT) } };
  const own = session({ role: 'orders', session: INSTANCE, ...delivered, ...scope });
  const ofSession = (shape: object, more: object = {}): TrailRecord =>
    call({
      name: 'DescribeInstances',
      service: 'ec2',
      from: NAT,
      identity: session({ role: 'orders', session: INSTANCE, ...shape }),
      ...more,
    });
  const ofInstance = (more: object): TrailRecord => ofSession({ ...delivered, ...scope }, more);
  return {
    'instance: keys by IMDSv2': ofInstance({}),
    'instance: keys by IMDSv1': ofSession({ ...scope, context: { ec2RoleDelivery: '1.0' } }),
    'instance: before inScopeOf': ofSession(delivered, { extra: { eventVersion: '1.08' } }),
    'instance: inScopeOf is empty': ofSession({ ...delivered, also: { inScopeOf: {} } }),
    'instance: neither delivery nor inScopeOf': ofSession({}, { extra: { eventVersion: '1.05' } }),
    'instance: only inScopeOf': ofSession(scope),
    'instance: id of eight digits': ofSession({ ...delivered, session: 'i-0a11ce00' }),
    'instance: id of eight digits, and no field proves it': ofSession(
      { session: 'i-0a11ce00' },
      { extra: { eventVersion: '1.05' } },
    ),
    'instance: role that AWS keeps for it': ofSession({ ...delivered, role: 'aws:ec2-instance' }),
    'instance: role name with signs': ofSession({ ...delivered, role: 'orders+web=1,2.3@shop-x_y' }),
    'instance: read by S3 data event': ofInstance({
      name: 'GetObject',
      service: 's3',
      request: { bucketName: 'orders-archive', key: '2026/08/31.csv' },
      extra: { managementEvent: false, eventCategory: 'Data', readOnly: true },
    }),
    'instance: refused': ofInstance({ name: 'ListUsers', service: 'iam', extra: { errorCode: 'AccessDenied' } }),
    'instance: asks who it is': ofInstance({ name: 'GetCallerIdentity', service: 'sts' }),
    'instance: through an endpoint': ofInstance({
      from: '10.0.12.9',
      extra: { vpcEndpointId: 'vpce-0a1b2c3d4e5f60718', vpcEndpointAccountId: SHOP },
    }),
    'instance: over IPv6': ofInstance({ from: '2001:db8:12::9' }),
    'instance: a service on its behalf': call({
      name: 'Decrypt',
      service: 'kms',
      from: 'secretsmanager.amazonaws.com',
      identity: { ...own, invokedBy: 'secretsmanager.amazonaws.com' },
    }),
    'instance: a service that does not say so': ofInstance({ from: 'appstream.amazonaws.com' }),
    'instance: AWS Internal': call({
      name: 'CreateGrant',
      service: 'kms',
      from: 'AWS Internal',
      identity: session({ role: 'aws:ec2-infrastructure', session: INSTANCE, also: { invokedBy: 'AWS Internal' } }),
    }),
    'instance: makes a console session': ofInstance({
      name: 'GetSigninToken',
      service: 'signin',
      extra: { eventType: 'AwsConsoleSignIn' },
    }),
    'instance: signs in to the console': ofInstance({
      name: 'ConsoleLogin',
      service: 'signin',
      response: { ConsoleLogin: 'Success' },
      extra: { eventType: 'AwsConsoleSignIn' },
    }),
    'instance: in the console': ofInstance({ extra: { sessionCredentialFromConsole: 'true' } }),
    'instance: an action of the console alone': ofInstance({
      name: 'SwitchRole',
      service: 'signin',
      extra: { eventType: 'AwsConsoleAction' },
    }),
    'instance: gets keys for a pod on it': ofInstance({ name: 'AssumeRoleForPodIdentity', service: 'eks-auth' }),
    'instance: session named by somebody, in the scope of one': ofSession({ ...scope, session: 'deploy' }),
  };
}

function instanceScope({ partition, region }: Place): object {
  return {
    issuerType: 'AWS::EC2::Instance',
    credentialsIssuedTo: `arn:${partition}:ec2:${region}:${SHOP}:instance/${INSTANCE}`,
  };
}

function taskCalls(): Record<string, TrailRecord> {
  const ofTask = (name: string, also: object = {}): TrailRecord =>
    call({
      name: 'GetParameters',
      service: 'ssm',
      from: NAT,
      identity: session({ role: 'cart', session: name, also }),
    });
  return {
    'task: in scope': ofTask(TASK, { inScopeOf: taskScope(FRANKFURT) }),
    ...Object.fromEntries(
      [...'0123456789abcdef'].map((digit) => [
        `task: named by an id that ends in ${digit}`,
        ofTask(`${TASK.slice(0, -1)}${digit}`),
      ]),
    ),
    'task: named by a UUID, in scope': ofTask(UUID, { inScopeOf: taskScope(FRANKFURT) }),
    'task: named by a UUID, as before 2020': ofTask(UUID),
  };
}

function taskScope({ partition, region }: Place): object {
  return {
    issuerType: 'AWS::ECS::Task',
    credentialsIssuedTo: `arn:${partition}:ecs:${region}:${SHOP}:task/shop/${TASK}`,
  };
}

function podCalls(): Record<string, TrailRecord> {
  const ofPod = (name: string): TrailRecord =>
    call({
      name: 'ReceiveMessage',
      service: 'sqs',
      from: NAT,
      identity: session({ role: 'orders-pod', session: name }),
    });
  return {
    'pod: by Pod Identity': ofPod(POD),
    'pod: short names': ofPod('eks-a-b-4b1d2c3e-5f60-4718-8293-a4b5c6d7e8f9'),
  };
}

function functionCalls(): Record<string, TrailRecord> {
  const ofFunction = (name: string, arn: string, more: object = {}): TrailRecord =>
    call({
      name: 'GetItem',
      service: 'dynamodb',
      from: NAT,
      identity: session({
        role: 'invoice-role',
        session: name,
        also: { inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: arn } },
      }),
      ...more,
    });
  const arn = functionArn(FRANKFURT);
  return {
    'function: in scope': ofFunction('invoice', arn),
    'function: a version of it': ofFunction('invoice', `${arn}:7`),
    'function: session that Lambda names': ofFunction('awslambda_744_20260901070000000', arn),
    'function: a service on its behalf': ofFunction('invoice', arn, { from: 'dynamodb.amazonaws.com' }),
  };
}

function functionArn({ partition, region }: Place): string {
  return `arn:${partition}:lambda:${region}:${SHOP}:function:invoice`;
}

function callsOfEveryPartition(): Record<string, TrailRecord> {
  const entries = PLACES.slice(1).flatMap((place): [string, TrailRecord][] => {
    const by = (role: string, name: string, also: object, context: object = {}): TrailRecord =>
      call({
        name: 'ListBuckets',
        service: 's3',
        from: NAT,
        place,
        identity: session({ role, session: name, place, also, context }),
      });
    const scope = { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: functionArn(place) };
    const calls: [string, TrailRecord][] = [
      ['instance', by('orders', INSTANCE, { inScopeOf: instanceScope(place) }, { ec2RoleDelivery: '2.0' })],
      ['instance, no field proves it', by('orders', INSTANCE, {})],
      ['task', by('cart', TASK, { inScopeOf: taskScope(place) })],
      ['pod', by('orders-pod', POD, {})],
      ['function', by('invoice-role', 'invoice', { inScopeOf: scope })],
    ];
    return calls.map(([what, record]): [string, TrailRecord] => [`${place.partition}: ${what}`, record]);
  });
  return Object.fromEntries(entries);
}

/** Calls whose keys only their issuance tells to be a workload's: no field of theirs does. */
export function unmarkedCalls(): Readonly<Record<string, TrailRecord>> {
  return {
    'service account: a call after IRSA, with an older record': call({
      name: 'GetObject',
      service: 's3',
      from: NAT,
      identity: session({
        role: 'reports-sa',
        session: 'aws-sdk-java-1756713600000',
        context: {
          webIdFederationData: {
            federatedProvider: `arn:aws:iam::${SHOP}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE`,
            attributes: {},
          },
        },
      }),
    }),
    'instance: a session of another name': call({
      name: 'ListBuckets',
      service: 's3',
      from: NAT,
      identity: session({ role: 'orders', session: 'orders', context: { ec2RoleDelivery: '2.0' } }),
    }),
    'service account: a call after IRSA': call({
      name: 'GetObject',
      service: 's3',
      from: NAT,
      identity: session({ role: 'reports-sa', session: 'aws-sdk-java-1756713600000' }),
    }),
    'chained: a role that an instance assumed': call({
      name: 'ListObjects',
      service: 's3',
      from: NAT,
      identity: session({ role: 'archive-reader', session: 'orders' }),
    }),
    'function: before inScopeOf': call({
      name: 'GetItem',
      service: 'dynamodb',
      from: NAT,
      identity: session({ role: 'invoice-role', session: 'invoice' }),
      extra: { eventVersion: '1.08' },
    }),
  };
}
