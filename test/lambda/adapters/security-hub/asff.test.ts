import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchImportFindingsCommand, SecurityHubClient, type AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { asffId, asffOf, runbookSection } from '../../../../lambda/adapters/security-hub/asff';
import { securityHubFindings } from '../../../../lambda/adapters/security-hub/security-hub-findings';
import { sameOriginMembers } from '../../../../lambda/detection/findings/same-origin-members';
import { FINDING_TYPES, type Finding, type FindingType } from '../../../../lambda/detection/model/finding';
import {
  ENDPOINT,
  eventAt,
  findingsOf,
  HUB,
  INSTANCE,
  IPV6,
  LAPTOP,
  MADE_UP,
  madeUp,
  ofType,
  SCENARIO_FINDINGS,
  SERVICE,
  WORKLOADS,
} from './asff-samples';

const ALL: readonly Finding[] = [...SCENARIO_FINDINGS, ...MADE_UP];

/** A Security Hub that accepts everything and remembers the body as it came over the wire. */
function openHub(): { server: Server; bodies: unknown[] } {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { Findings: unknown[] };
      bodies.push({ method: request.method, path: request.url, body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ FailedCount: 0, SuccessCount: body.Findings.length, FailedFindings: [] }));
    });
  });
  return { server, bodies };
}

async function sentAs(findings: readonly AwsSecurityFinding[]): Promise<unknown[]> {
  const { server, bodies } = openHub();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SecurityHubClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'made-up' },
    maxAttempts: 1,
  });
  try {
    for (let at = 0; at < findings.length; at += 100) {
      await client.send(new BatchImportFindingsCommand({ Findings: findings.slice(at, at + 100) }));
    }
  } finally {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  return bodies;
}

describe('what the SDK sends', () => {
  beforeAll(() => {
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  });

  test('is every finding, field by field, as it was mapped', async () => {
    const mapped = ALL.map((finding) => asffOf(finding, HUB));
    const requests = [];
    for (let at = 0; at < mapped.length; at += 100) {
      requests.push({ method: 'POST', path: '/findings/import', body: { Findings: mapped.slice(at, at + 100) } });
    }
    expect(await sentAs(mapped)).toStrictEqual(requests);
  });

  test('is less than was mapped when a field is named wrongly', async () => {
    const mapped = asffOf(madeUp(), HUB);
    const wrong = { ...mapped, Resources: [{ ...mapped.Resources?.[0], Type: 'Other', Id: 'x', Account: '1' }] };
    const [request] = (await sentAs([wrong])) as { body: unknown }[];
    expect(request?.body).not.toStrictEqual({ Findings: [wrong] });
  });
});

test('there is a finding of every type among those the tests map', () => {
  expect(new Set(ALL.map(({ type }) => type))).toEqual(new Set(FINDING_TYPES));
});

test('mapping is pure: the same finding and target, the same result, and neither is touched', () => {
  const before = JSON.stringify(ALL);
  const once = ALL.map((finding) => asffOf(finding, HUB));
  expect(ALL.map((finding) => asffOf(finding, HUB))).toEqual(once);
  expect(JSON.stringify(ALL)).toBe(before);
});

test('a finding of an instance whose keys are used from a laptop', () => {
  expect(asffOf(madeUp(), HUB)).toEqual({
    SchemaVersion: '2018-10-08',
    Id: 'credlock/aws/111122223333/ec2-instance/i-0123456789abcdef0/public/192.0.2.77',
    ProductArn: 'arn:aws:securityhub:eu-central-1:999988887777:product/999988887777/default',
    ProductName: 'credlock',
    CompanyName: 'credlock',
    GeneratorId: 'credlock/OutsideAWS',
    AwsAccountId: '999988887777',
    Types: [
      'Effects/Data Exfiltration/UnauthorizedAccess:IAMUser-InstanceCredentialExfiltration.OutsideAWS',
      'TTPs/Credential Access/credlock:OutsideAWS',
    ],
    FindingProviderFields: {
      Severity: { Label: 'HIGH', Original: 'HIGH' },
      Types: [
        'Effects/Data Exfiltration/UnauthorizedAccess:IAMUser-InstanceCredentialExfiltration.OutsideAWS',
        'TTPs/Credential Access/credlock:OutsideAWS',
      ],
    },
    Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
    CreatedAt: '2026-09-14T08:00:00Z',
    FirstObservedAt: '2026-09-14T08:00:00Z',
    LastObservedAt: '2026-09-14T09:00:00Z',
    UpdatedAt: '2026-09-14T09:30:00.123Z',
    Title: 'Credentials of EC2 instance i-0123456789abcdef0 used outside AWS: 192.0.2.77',
    Description: 'Credentials that AWS issued to EC2 instance i-0123456789abcdef0 were used from 192.0.2.77.',
    Remediation: {
      Recommendation: {
        Text: '1. Decide whether the origin is the workload’s own. 2. Give the workload a new role.',
        Url: 'https://wiki.example.com/runbooks/credlock#outsideaws',
      },
    },
    RecordState: 'ACTIVE',
    Action: {
      ActionType: 'AWS_API_CALL',
      AwsApiCallAction: {
        Api: 'GetCallerIdentity',
        ServiceName: 'sts.amazonaws.com',
        CallerType: 'remoteIp',
        RemoteIpDetails: { IpAddressV4: '192.0.2.77' },
        FirstSeen: '2026-09-14T08:00:00Z',
        LastSeen: '2026-09-14T09:00:00Z',
      },
    },
    Resources: [
      {
        Type: 'AwsEc2Instance',
        Id: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0',
        Partition: 'aws',
        Region: 'eu-west-1',
        Details: { Other: { kind: 'ec2-instance', id: 'i-0123456789abcdef0', account: '111122223333' } },
      },
      {
        Type: 'AwsIamRole',
        Id: 'arn:aws:iam::111122223333:role/web',
        Partition: 'aws',
        Region: 'eu-west-1',
        Details: { AwsIamRole: { RoleName: 'web' } },
      },
      {
        Type: 'AwsIamAccessKey',
        Id: 'AWS::IAM::AccessKey:ASIAEXAMPLE000000001',
        Partition: 'aws',
        Region: 'eu-west-1',
        Details: {
          AwsIamAccessKey: {
            AccessKeyId: 'ASIAEXAMPLE000000001',
            AccountId: '111122223333',
            PrincipalType: 'AssumedRole',
            PrincipalName: 'web',
            SessionContext: {
              SessionIssuer: {
                Type: 'Role',
                Arn: 'arn:aws:iam::111122223333:role/web',
                AccountId: '111122223333',
                UserName: 'web',
              },
            },
          },
        },
      },
    ],
    ProductFields: {
      'credlock/schema': 'credlock.finding/1',
      'credlock/type': 'OutsideAWS',
      'credlock/id': 'credlock/aws/111122223333/ec2-instance/i-0123456789abcdef0/public/192.0.2.77',
      'credlock/incidentId': 'credlock/incident/aws/111122223333/ec2-instance/i-0123456789abcdef0',
      'credlock/contested': 'false',
      'credlock/calls': '2',
      'credlock/workload/kind': 'ec2-instance',
      'credlock/workload/id': 'i-0123456789abcdef0',
      'credlock/workload/account': '111122223333',
      'credlock/workload/region': 'eu-west-1',
      'credlock/origin/kind': 'public',
      'credlock/origin/ip': '192.0.2.77',
      'credlock/origin/ownership': 'outside-aws',
      'credlock/sessions': 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
      'credlock/accessKeyIds': 'ASIAEXAMPLE000000001',
      'credlock/lock': '198.51.100.10 (own-address, since 2026-09-14T06:00:00Z)',
      'credlock/ruledOut/own-address': 'no record gives it the address',
      'credlock/ruledOut/declared': 'no declared network holds it',
      'credlock/evidence/01': '192.0.2.77 is no address of AWS.',
      'credlock/evidence/02': 'The workload itself calls from 198.51.100.10.',
      'credlock/events':
        '2026-09-14T08:00:00Z sts.amazonaws.com GetCallerIdentity in us-east-1 with ASIAEXAMPLE000000001, record event-2026-09-14T08:00:00Z; ' +
        '2026-09-14T09:00:00Z s3.amazonaws.com ListBuckets (AccessDenied) in us-east-1 with ASIAEXAMPLE000000001, record event-2026-09-14T09:00:00Z',
      'credlock/userAgents': 'aws-cli/2.30.1',
      'credlock/taken':
        'nothing but lists and descriptions, as far as the records show: sts:GetCallerIdentity; s3:ListBuckets (AccessDenied)',
      'credlock/techniques': 'T1078.004 Valid Accounts: Cloud Accounts',
      'credlock/advice': 'Decide whether the origin is the workload’s own. Give the workload a new role.',
    },
  });
});

describe('severity', () => {
  test.each([
    ['INFORMATIONAL', 0],
    ['LOW', 1],
    ['MEDIUM', 40],
    ['HIGH', 70],
  ] as const)('%s is the least of its range', (severity, normalized) => {
    const { Severity, FindingProviderFields } = asffOf(madeUp({ severity }), HUB);
    expect(Severity).toEqual({ Label: severity, Normalized: normalized, Original: severity });
    expect(FindingProviderFields?.Severity).toEqual({ Label: severity, Original: severity });
  });
});

const EXFILTRATION = 'Effects/Data Exfiltration/UnauthorizedAccess:IAMUser-';
const POLICY = 'Software and Configuration Checks/AWS Security Best Practices/Policy:Kubernetes-';
const CONSOLE = 'Unusual Behaviors/User/UnauthorizedAccess:IAMUser-ConsoleLogin';

describe('types', () => {
  const rows: readonly (readonly [FindingType, Partial<Finding>, readonly string[]])[] = [
    [
      'OutsideAWS',
      {},
      [`${EXFILTRATION}InstanceCredentialExfiltration.OutsideAWS`, 'TTPs/Credential Access/credlock:OutsideAWS'],
    ],
    [
      'OutsideAWS',
      { workload: { ...INSTANCE, kind: 'lambda-function' } },
      [`${EXFILTRATION}ResourceCredentialExfiltration.OutsideAWS`, 'TTPs/Credential Access/credlock:OutsideAWS'],
    ],
    [
      'InsideAWS',
      { origin: { ...LAPTOP, ownership: 'aws' } },
      [`${EXFILTRATION}InstanceCredentialExfiltration.InsideAWS`, 'TTPs/Credential Access/credlock:InsideAWS'],
    ],
    [
      'UnknownOwner',
      { origin: { ...LAPTOP, ownership: 'unknown' } },
      [`${EXFILTRATION}InstanceCredentialExfiltration`, 'TTPs/Credential Access/credlock:UnknownOwner'],
    ],
    [
      'ForeignEndpoint',
      { origin: { ...ENDPOINT, ownership: 'unknown' } },
      [`${EXFILTRATION}InstanceCredentialExfiltration.InsideAWS`, 'TTPs/Credential Access/credlock:ForeignEndpoint'],
    ],
    [
      'ImplausibleOrigin',
      { origin: { ...LAPTOP, kind: 'implausible', ip: '10.1.2.3', ownership: 'none' } },
      [`${EXFILTRATION}InstanceCredentialExfiltration`, 'TTPs/Credential Access/credlock:ImplausibleOrigin'],
    ],
    ['ConsoleSession', {}, [CONSOLE, 'TTPs/Credential Access/credlock:ConsoleSession']],
    [
      'AfterTermination',
      {},
      [`${EXFILTRATION}InstanceCredentialExfiltration.OutsideAWS`, 'TTPs/Credential Access/credlock:AfterTermination'],
    ],
    [
      'UndeclaredEgress',
      {},
      ['Unusual Behaviors/IP address/credlock:UndeclaredEgress', 'TTPs/Credential Access/credlock:UndeclaredEgress'],
    ],
    [
      'AffiliatedAccount',
      { origin: { ...LAPTOP, ownership: 'organization-account' } },
      [
        `${EXFILTRATION}InstanceCredentialExfiltration.InsideAWS`,
        'TTPs/Credential Access/credlock:AffiliatedAccount',
        'TTPs/Lateral Movement/credlock:AffiliatedAccount',
      ],
    ],
    ['SameAccount', {}, ['TTPs/Credential Access/credlock:SameAccount', 'TTPs/Lateral Movement/credlock:SameAccount']],
    [
      'WhileStopped',
      { origin: { ...LAPTOP, ownership: 'same-account' } },
      [`${EXFILTRATION}InstanceCredentialExfiltration.InsideAWS`, 'TTPs/Credential Access/credlock:WhileStopped'],
    ],
    ['EgressMoved', {}, ['Unusual Behaviors/IP address/credlock:EgressMoved']],
    [
      'ManyOrigins',
      { origin: null },
      [`${EXFILTRATION}InstanceCredentialExfiltration`, 'TTPs/Credential Access/credlock:ManyOrigins'],
    ],
    [
      'SameOrigin',
      { workload: null, workloads: [INSTANCE, { ...INSTANCE, kind: 'ecs-task' }] },
      [`${EXFILTRATION}ResourceCredentialExfiltration.OutsideAWS`, 'TTPs/Credential Access/credlock:SameOrigin'],
    ],
    ['UnattributedService', { origin: SERVICE }, ['Unusual Behaviors/Application/credlock:UnattributedService']],
    ['ServiceCaller', { origin: SERVICE }, ['Unusual Behaviors/Application/credlock:ServiceCaller']],
    ['EgressLearned', {}, ['Unusual Behaviors/IP address/credlock:EgressLearned']],
    ['DetectorTampered', {}, ['TTPs/Defense Evasion/credlock:DetectorTampered']],
    [
      'ExecInKubeSystemPod',
      {},
      ['TTPs/Execution/Execution:Kubernetes-ExecInKubeSystemPod', 'TTPs/Execution/credlock:ExecInKubeSystemPod'],
    ],
    [
      'SuccessfulAnonymousAccess',
      { workload: { ...INSTANCE, attributes: { tactic: 'CredentialAccess' } } },
      [
        'TTPs/CredentialAccess/CredentialAccess:Kubernetes-SuccessfulAnonymousAccess',
        'TTPs/Initial Access/credlock:SuccessfulAnonymousAccess',
      ],
    ],
    [
      'AnonymousAccessGranted',
      {},
      [`${POLICY}AnonymousAccessGranted`, 'TTPs/Persistence/credlock:AnonymousAccessGranted'],
    ],
    [
      'AdminAccessToDefaultServiceAccount',
      {},
      [`${POLICY}AdminAccessToDefaultServiceAccount`, 'TTPs/Persistence/credlock:AdminAccessToDefaultServiceAccount'],
    ],
    ['ExposedDashboard', {}, [`${POLICY}ExposedDashboard`, 'TTPs/Initial Access/credlock:ExposedDashboard']],
    [
      'ExposedDashboard',
      { workload: { ...INSTANCE, attributes: { dashboard: 'Kubeflow' } } },
      [`${POLICY}KubeflowDashboardExposed`, 'TTPs/Initial Access/credlock:ExposedDashboard'],
    ],
    [
      'PrivilegedContainer',
      {},
      [
        'TTPs/Privilege Escalation/PrivilegeEscalation:Kubernetes-PrivilegedContainer',
        'TTPs/Privilege Escalation/credlock:PrivilegedContainer',
      ],
    ],
    [
      'ContainerWithSensitiveMount',
      {},
      [
        'TTPs/Persistence/Persistence:Kubernetes-ContainerWithSensitiveMount',
        'TTPs/Persistence/credlock:ContainerWithSensitiveMount',
      ],
    ],
    ['UnreadableManifest', {}, ['TTPs/Defense Evasion/credlock:UnreadableManifest']],
    [
      'NewBinaryExecuted',
      {},
      ['TTPs/Execution/Execution:Runtime-NewBinaryExecuted', 'TTPs/Execution/credlock:NewBinaryExecuted'],
    ],
    [
      'FilelessExecution',
      {},
      [
        'TTPs/Defense Evasion/DefenseEvasion:Runtime-FilelessExecution',
        'TTPs/Defense Evasion/credlock:FilelessExecution',
      ],
    ],
    [
      'NewLibraryLoaded',
      {},
      ['TTPs/Execution/Execution:Runtime-NewLibraryLoaded', 'TTPs/Execution/credlock:NewLibraryLoaded'],
    ],
    [
      'CryptoMining',
      {},
      [
        'TTPs/Command and Control/CryptoCurrency:Runtime-BitcoinTool.B!DNS',
        'TTPs/Command and Control/credlock:CryptoMining',
      ],
    ],
    ['ServiceAccountTokenOutside', {}, ['TTPs/Credential Access/credlock:ServiceAccountTokenOutside']],
    ['ServiceAccountTokenMoved', {}, ['TTPs/Lateral Movement/credlock:ServiceAccountTokenMoved']],
  ];

  test.each(rows)('%s %j', (type, changes, expected) => {
    const { Types, FindingProviderFields } = asffOf(ofType(type, changes), HUB);
    expect(Types).toEqual(expected);
    expect(FindingProviderFields?.Types).toEqual(expected);
  });

  test('there is a row for every type', () => {
    expect(new Set(rows.map(([type]) => type))).toEqual(new Set(FINDING_TYPES));
  });
});

function callOf(changes: Partial<Finding>): unknown {
  return asffOf(madeUp(changes), HUB).Action?.AwsApiCallAction;
}

describe('action', () => {
  const times = { FirstSeen: '2026-09-14T08:00:00Z', LastSeen: '2026-09-14T09:00:00Z' };
  const first = { Api: 'GetCallerIdentity', ServiceName: 'sts.amazonaws.com' };

  test('an IPv6 origin stands in Network and in the product fields, as RemoteIpDetails takes IPv4 only', () => {
    const asff = asffOf(madeUp({ origin: IPV6 }), HUB);
    expect(asff.Action?.AwsApiCallAction).toEqual({ ...first, CallerType: 'remoteIp', ...times });
    expect(asff.Network).toEqual({ Direction: 'IN', SourceIpV6: '2001:db8::77' });
    expect(asff.ProductFields?.['credlock/origin/ip']).toBe('2001:db8::77');
  });

  test('an IPv4 origin needs no Network', () => {
    expect(asffOf(madeUp(), HUB)).not.toHaveProperty('Network');
  });

  test('behind an endpoint it is the private address, and the endpoint stands in the product fields', () => {
    const asff = asffOf(madeUp({ origin: ENDPOINT }), HUB);
    expect(asff.Action?.AwsApiCallAction?.RemoteIpDetails).toEqual({ IpAddressV4: '10.0.9.9' });
    expect(asff.ProductFields).toMatchObject({
      'credlock/origin/endpointId': 'vpce-0123456789abcdef0',
      'credlock/origin/endpointAccount': '777788889999',
      'credlock/origin/account': '777788889999',
    });
  });

  test('a service is a domain', () => {
    const expected = { ...first, CallerType: 'domain', DomainDetails: { Domain: 'athena.amazonaws.com' }, ...times };
    expect(callOf({ origin: SERVICE })).toEqual(expected);
  });

  test('many origins have calls, but no caller', () => {
    expect(callOf({ origin: null })).toEqual({ ...first, ...times });
  });

  test('where no call was kept the origin is reported all the same', () => {
    const expected = { CallerType: 'remoteIp', RemoteIpDetails: { IpAddressV4: '192.0.2.77' }, ...times };
    expect(callOf({ events: [] })).toEqual(expected);
  });

  test('a call without a name is reported without one', () => {
    const events = [eventAt('2026-09-14T08:00:00Z', { name: '\u0000', source: ' ' })];
    expect(callOf({ events, origin: null })).toEqual(times);
  });

  test('without a call and an origin there is none', () => {
    expect(asffOf(madeUp({ events: [], origin: null }), HUB)).not.toHaveProperty('Action');
  });

  test('the first call is the earliest, however the events of a group are ordered', () => {
    const events = [
      eventAt('2026-09-14T08:30:00Z', { name: 'ListUsers' }),
      eventAt('2026-09-14T08:00:00Z', { name: 'GetObject', id: 'b' }),
      eventAt('2026-09-14T08:00:00Z', { name: 'ListKeys', id: 'a' }),
    ];
    expect(callOf({ events })).toMatchObject({ Api: 'ListKeys' });
  });
});

function typesAndIds(changes: Partial<Finding>): string[] {
  return (asffOf(madeUp(changes), HUB).Resources ?? []).map(({ Type, Id }) => `${Type} ${Id}`);
}

function sessionArn(role: string): string {
  return `arn:aws:sts::111122223333:assumed-role/${role}/i-0123456789abcdef0`;
}

describe('resources', () => {
  const ownRoleAndKey = [
    'AwsIamRole arn:aws:iam::111122223333:role/web',
    'AwsIamAccessKey AWS::IAM::AccessKey:ASIAEXAMPLE000000001',
  ];

  test.each([
    ['instance', ['AwsEc2Instance arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0']],
    ['instance of unknown Region', ['AwsEc2Instance i-0123456789abcdef0']],
    ['instance in China', ['AwsEc2Instance arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0123456789abcdef0']],
    ['task', ['AwsEcsTask arn:aws:ecs:eu-west-1:111122223333:task/0123456789abcdef0123456789abcdef']],
    [
      'task of a known cluster',
      ['AwsEcsTask arn:aws:ecs:eu-west-1:111122223333:task/shop/0123456789abcdef0123456789abcdef'],
    ],
    [
      'pod',
      [
        'Other aws/111122223333/eks-pod/blue/payments/api-7d9f',
        'AwsEksCluster arn:aws:eks:eu-west-1:111122223333:cluster/blue',
      ],
    ],
    ['pod of unknown Region', ['Other aws/111122223333/eks-pod/blue/payments/api-7d9f']],
    [
      'service account',
      ['Other aws/111122223333/eks-pod/oidc/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF/payments/api'],
    ],
    ['function', ['AwsLambdaFunction arn:aws:lambda:eu-west-1:111122223333:function:resize-images']],
    ['function known by its role', ['Other aws/111122223333/lambda-function/role/resize']],
    ['service session', ['Other arn:aws:sts::111122223333:assumed-role/builder/AWSCodeBuild-0a1b']],
    ['workload of a kind to come', ['Other aws/111122223333/app-runner-service/shop']],
  ])('%s, then its role and key', (name, expected) => {
    expect(typesAndIds({ workload: WORKLOADS[name]! })).toEqual([...expected, ...ownRoleAndKey]);
  });

  test('details that the type has no field for stand in Other, with the member account', () => {
    const { Resources } = asffOf(madeUp({ workload: WORKLOADS['task of a known cluster']! }), HUB);
    expect(Resources?.[0]?.Details).toEqual({
      AwsEcsTask: { ClusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop' },
      Other: {
        kind: 'ecs-task',
        id: '0123456789abcdef0123456789abcdef',
        account: '111122223333',
        cluster: 'shop',
      },
    });
  });

  test('a task and a cluster in an unknown Region have no ARN', () => {
    const workload = WORKLOADS['task of a known cluster in an unknown Region']!;
    const [task] = asffOf(madeUp({ workload }), HUB).Resources ?? [];
    expect(task?.Id).toBe('0123456789abcdef0123456789abcdef');
    expect(task?.Details).toEqual({ Other: expect.objectContaining({ cluster: 'shop' }) as object });
  });

  test('a Region longer than Security Hub takes is left out', () => {
    const [resource] = asffOf(madeUp({ workload: { ...INSTANCE, region: 'eu-southcentral-1' } }), HUB).Resources ?? [];
    expect(resource).not.toHaveProperty('Region');
  });

  test.each([
    ['instance', 'aws', 'eu-west-1'],
    ['instance in China', 'aws-cn', 'cn-north-1'],
    ['instance in a secret Region', 'aws-us-iso', 'us-iso-east-1'],
    ['instance in the European sovereign cloud', undefined, 'eusc-de-east-1'],
    ['instance of unknown Region', 'aws', undefined],
  ])('%s is placed as Security Hub names partitions and Regions', (name, partition, region) => {
    const [resource] = asffOf(madeUp({ workload: WORKLOADS[name]! }), HUB).Resources ?? [];
    expect([resource?.Partition, resource?.Region]).toEqual([partition, region]);
  });

  test('role and key of a workload of unknown Region are placed in the hub’s', () => {
    const { Resources } = asffOf(madeUp({ workload: WORKLOADS['instance of unknown Region']! }), HUB);
    expect(Resources?.map(({ Region }) => Region)).toEqual([undefined, 'eu-central-1', 'eu-central-1']);
  });

  test('the partition of the hub is not the workload’s', () => {
    const { ProductArn, Resources } = asffOf(madeUp(), { ...HUB, partition: 'aws-us-gov', region: 'us-gov-west-1' });
    expect(ProductArn).toBe('arn:aws-us-gov:securityhub:us-gov-west-1:999988887777:product/999988887777/default');
    expect(Resources?.[0]?.Partition).toBe('aws');
  });

  test('two roles of one workload and their keys, each once', () => {
    const sessions = [
      { arn: sessionArn('web'), role: 'web', accessKeyIds: ['ASIAEXAMPLE000000001', 'ASIAEXAMPLE000000002'] },
      { arn: sessionArn('host'), role: 'host', accessKeyIds: ['ASIAEXAMPLE000000002', 'ASIAEXAMPLE000000003'] },
    ];
    expect(typesAndIds({ sessions }).slice(1)).toEqual([
      'AwsIamRole arn:aws:iam::111122223333:role/web',
      'AwsIamRole arn:aws:iam::111122223333:role/host',
      'AwsIamAccessKey AWS::IAM::AccessKey:ASIAEXAMPLE000000001',
      'AwsIamAccessKey AWS::IAM::AccessKey:ASIAEXAMPLE000000002',
      'AwsIamAccessKey AWS::IAM::AccessKey:ASIAEXAMPLE000000003',
    ]);
  });

  test('the key of a chained session, with the role it belongs to', () => {
    const { Resources, ProductFields } = asffOf(
      MADE_UP.find(({ id }) => id.endsWith('/chained'))!,
      HUB,
    );
    expect(Resources?.at(-1)).toMatchObject({
      Id: 'AWS::IAM::AccessKey:ASIAEXAMPLE000000099',
      Details: {
        AwsIamAccessKey: {
          AccountId: '444455556666',
          PrincipalName: 'admin',
          SessionContext: { SessionIssuer: { Arn: 'arn:aws:iam::444455556666:role/admin' } },
        },
      },
    });
    expect(ProductFields?.['credlock/related']).toBe(
      'chained-session arn:aws:sts::444455556666:assumed-role/admin/attacker (ASIAEXAMPLE000000099); ' +
        'console-session arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
    );
  });

  test('a group lists its workloads before roles and keys', () => {
    const [group] = findingsOf('group/undeclared-company-egress');
    const types = (asffOf(group!, HUB).Resources ?? []).map(({ Type }) => Type);
    const instances = group!.workloads!.length;
    expect(types.slice(0, instances)).toEqual(group!.workloads!.map(() => 'AwsEc2Instance'));
    expect(types.slice(instances)).toContain('AwsIamRole');
    expect(types.slice(instances)).toContain('AwsIamAccessKey');
  });

  test('there is always one, as the API demands', () => {
    expect(typesAndIds({ workload: null, workloads: null, sessions: [] })).toEqual([`Other ${madeUp().id}`]);
  });
});

describe('states', () => {
  test('a sample says so twice', () => {
    const asff = asffOf(madeUp({ sample: true }), HUB);
    expect(asff.Sample).toBe(true);
    expect(asff.Title).toBe(`[Sample] ${madeUp().title}`);
    expect(asff.ProductFields?.['credlock/sample']).toBe('true');
  });

  test('what is no sample does not speak of it', () => {
    expect(asffOf(madeUp(), HUB)).not.toHaveProperty('Sample');
  });

  test('a withdrawn finding is archived and says why first', () => {
    const archivedBecause = 'The address is the instance’s own.';
    const asff = asffOf(madeUp({ status: 'ARCHIVED', archivedBecause }), HUB);
    expect(asff.RecordState).toBe('ARCHIVED');
    expect(asff.Description).toBe(`Withdrawn: ${archivedBecause} ${madeUp().description}`);
    expect(asff.ProductFields?.['credlock/archivedBecause']).toBe(archivedBecause);
  });

  test.each([
    'Workflow',
    'WorkflowState',
    'Note',
    'UserDefinedFields',
    'VerificationState',
    'Confidence',
    'Criticality',
  ])('%s belongs to the customer', (field) => {
    for (const finding of ALL) expect(asffOf(finding, HUB)).not.toHaveProperty(field);
  });

  test('calls that were not all kept are a least number', () => {
    const { ProductFields } = asffOf(madeUp({ calls: null, callsAtLeast: 200 }), HUB);
    expect(ProductFields?.['credlock/calls']).toBe('at least 200');
  });
});

test('a single piece of advice needs no number', () => {
  const { Remediation } = asffOf(madeUp({ advice: ['No action is needed.'] }), HUB);
  expect(Remediation?.Recommendation?.Text).toBe('No action is needed.');
});

test.each([
  ['https://example.com/README.md', 'https://example.com/README.md#foreignendpoint'],
  ['https://example.com/README.md#runbook', 'https://example.com/README.md#foreignendpoint'],
  ['https://example.com/?page=7#runbook', 'https://example.com/?page=7#foreignendpoint'],
])('the section of a type in the runbook at %s', (url, section) => {
  expect(runbookSection(url, 'ForeignEndpoint')).toBe(section);
});

describe('ids', () => {
  test('are the finding’s own', () => {
    for (const { id } of SCENARIO_FINDINGS) expect(asffId(id)).toBe(id);
  });

  test('two long ones that differ at the end only stay two', () => {
    const long = 'credlock/'.padEnd(600, 'x');
    expect(asffId(`${long}a`)).not.toBe(asffId(`${long}b`));
    expect(asffId(`${long}a`)).toBe(asffId(`${long}a`));
    expect(asffId(`${long}a`)).toHaveLength(512);
  });

  test('two that differ in what cannot be printed only stay two', () => {
    expect(asffId('credlock/a\u0000b')).not.toBe(asffId('credlock/a b'));
    expect(asffId('credlock/a\u0000b')).toMatch(/^credlock\/a b~[0-9a-f]{64}$/);
  });
});

describe('a group at one origin stands for its members', () => {
  const findings = findingsOf('group/six-instances-at-one-attacker');
  const group = findings.find(({ type }) => type === 'SameOrigin')!;

  test('the ids say which findings they are', () => {
    const members = group.workloads!.map(
      ({ account, id }) => [`credlock/aws/${account}/ec2-instance/${id}/public/192.0.2.66`, group.id] as const,
    );
    expect(members.length).toBeGreaterThan(5);
    expect(sameOriginMembers(findings)).toEqual(new Map(members));
    expect(securityHubFindings(findings)).toEqual([group]);
  });

  test('a member’s console session, its other origins and other workloads are reported on their own', () => {
    const member = findings.find(({ type }) => type !== 'SameOrigin')!;
    const others = [
      { ...member, id: 'console', type: 'ConsoleSession' },
      { ...member, id: 'elsewhere', origin: { ...LAPTOP, ip: '192.0.2.67' } },
      { ...member, id: 'unrelated', workload: { ...INSTANCE, id: 'i-0aaaaaaaaaaaaaaaa' } },
      { ...member, id: 'many', type: 'ManyOrigins', origin: null },
    ] as const satisfies readonly Finding[];
    expect(securityHubFindings([...others, ...findings])).toEqual([...others, group]);
  });

  test('a withdrawn group stands for nobody, and a withdrawn member is reported', () => {
    const members = findings.filter(({ type }) => type !== 'SameOrigin');
    const withdrawn = { ...group, status: 'ARCHIVED' } as const;
    expect(securityHubFindings([withdrawn, ...members])).toEqual([withdrawn, ...members]);
    const archived = { ...members[0]!, status: 'ARCHIVED' } as const;
    expect(securityHubFindings([archived, group])).toEqual([archived, group]);
  });

  test('without groups nothing is left out', () => {
    expect(securityHubFindings(MADE_UP.filter(({ type }) => type !== 'SameOrigin'))).toHaveLength(MADE_UP.length - 1);
  });
});
