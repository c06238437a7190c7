import type { AsffTarget } from '../../../../lambda/adapters/security-hub/asff';
import type {
  Finding,
  FindingEvent,
  FindingOrigin,
  FindingType,
  FindingWorkload,
} from '../../../../lambda/detection/model/finding';
import { allScenarios, detectIn, factsOf } from '../../../scenario';

export const HUB: AsffTarget = {
  account: '999988887777',
  region: 'eu-central-1',
  partition: 'aws',
  updatedAt: '2026-09-14T09:30:00.123Z',
  runbookUrl: 'https://wiki.example.com/runbooks/credlock#top',
};

/** Every finding that any scenario shows, by scenario. */
export const SCENARIO_FINDINGS: readonly Finding[] = allScenarios().flatMap(
  (scenario) => detectIn(scenario, factsOf(scenario.records)).findings,
);

export function findingsOf(scenarioName: string): readonly Finding[] {
  const scenario = allScenarios().find(({ name }) => name === scenarioName);
  if (!scenario) throw new Error(`there is no scenario ${scenarioName}`);
  return detectIn(scenario, factsOf(scenario.records)).findings;
}

export const INSTANCE: FindingWorkload = {
  kind: 'ec2-instance',
  id: 'i-0123456789abcdef0',
  account: '111122223333',
  region: 'eu-west-1',
  partition: 'aws',
  attributes: {},
};

export const LAPTOP: FindingOrigin = {
  kind: 'public',
  ip: '192.0.2.77',
  endpointId: null,
  endpointAccount: null,
  service: null,
  ownership: 'outside-aws',
  account: null,
  region: null,
};

export function eventAt(time: string, changes: Partial<FindingEvent> = {}): FindingEvent {
  return {
    id: `event-${time}`,
    time,
    region: 'us-east-1',
    source: 's3.amazonaws.com',
    name: 'ListBuckets',
    errorCode: null,
    resource: null,
    userAgent: 'aws-cli/2.30.1',
    accessKeyId: 'ASIAEXAMPLE000000001',
    ...changes,
  };
}

const PLAIN: Finding = {
  schema: 'credlock.finding/1',
  id: 'credlock/aws/111122223333/ec2-instance/i-0123456789abcdef0/public/192.0.2.77',
  incidentId: 'credlock/incident/aws/111122223333/ec2-instance/i-0123456789abcdef0',
  type: 'OutsideAWS',
  severity: 'HIGH',
  status: 'ACTIVE',
  contested: false,
  sample: false,
  title: 'Credentials of EC2 instance i-0123456789abcdef0 used outside AWS: 192.0.2.77',
  description: 'Credentials that AWS issued to EC2 instance i-0123456789abcdef0 were used from 192.0.2.77.',
  workload: INSTANCE,
  sessions: [
    {
      arn: 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
      role: 'web',
      accessKeyIds: ['ASIAEXAMPLE000000001'],
    },
  ],
  origin: LAPTOP,
  lock: [
    {
      origin: { kind: 'public', ip: '198.51.100.10' },
      because: 'own-address',
      since: '2026-09-14T06:00:00Z',
      until: null,
    },
  ],
  firstSeen: '2026-09-14T08:00:00Z',
  lastSeen: '2026-09-14T09:00:00Z',
  calls: 2,
  callsAtLeast: null,
  events: [
    eventAt('2026-09-14T08:00:00Z', { name: 'GetCallerIdentity', source: 'sts.amazonaws.com' }),
    eventAt('2026-09-14T09:00:00Z', { errorCode: 'AccessDenied' }),
  ],
  evidence: ['192.0.2.77 is no address of AWS.', 'The workload itself calls from 198.51.100.10.'],
  ruledOut: [
    { explanation: 'own-address', because: 'no record gives it the address' },
    { explanation: 'declared', because: 'no declared network holds it' },
  ],
  related: [],
  workloads: null,
  archivedBecause: null,
  advice: ['Decide whether the origin is the workload’s own.', 'Give the workload a new role.'],
};

/** A finding of its own making, for what no scenario shows. */
export function madeUp(changes: Partial<Finding> = {}): Finding {
  return { ...PLAIN, ...changes };
}

export function ofType(type: FindingType, changes: Partial<Finding> = {}): Finding {
  return madeUp({ type, id: `${PLAIN.id}/${type}`, ...changes });
}

export const SERVICE: FindingOrigin = {
  ...LAPTOP,
  kind: 'service',
  ip: null,
  service: 'athena.amazonaws.com',
  ownership: 'none',
};

export const ENDPOINT: FindingOrigin = {
  ...LAPTOP,
  kind: 'endpoint',
  ip: '10.0.9.9',
  endpointId: 'vpce-0123456789abcdef0',
  endpointAccount: '777788889999',
  ownership: 'foreign-account',
  account: '777788889999',
};

export const IPV6: FindingOrigin = { ...LAPTOP, ip: '2001:db8::77' };

/** One workload of every kind there is, and of none. */
export const WORKLOADS: Readonly<Record<string, FindingWorkload>> = {
  instance: INSTANCE,
  'instance of unknown Region': { ...INSTANCE, region: null },
  'instance in China': { ...INSTANCE, partition: 'aws-cn', region: 'cn-north-1' },
  'instance in a secret Region': { ...INSTANCE, partition: 'aws-iso', region: 'us-iso-east-1' },
  'instance in the European sovereign cloud': { ...INSTANCE, partition: 'aws-eusc', region: 'eusc-de-east-1' },
  task: { ...INSTANCE, kind: 'ecs-task', id: '0123456789abcdef0123456789abcdef' },
  'task of a known cluster': {
    ...INSTANCE,
    kind: 'ecs-task',
    id: '0123456789abcdef0123456789abcdef',
    attributes: { cluster: 'shop' },
  },
  'task of a known cluster in an unknown Region': {
    ...INSTANCE,
    kind: 'ecs-task',
    id: '0123456789abcdef0123456789abcdef',
    region: null,
    attributes: { cluster: 'shop' },
  },
  pod: {
    ...INSTANCE,
    kind: 'eks-pod',
    id: 'blue/payments/api-7d9f',
    attributes: { cluster: 'blue', namespace: 'payments', pod: 'api-7d9f', serviceAccount: 'api' },
  },
  'pod of unknown Region': {
    ...INSTANCE,
    kind: 'eks-pod',
    id: 'blue/payments/api-7d9f',
    region: null,
    attributes: { cluster: 'blue' },
  },
  'service account': {
    ...INSTANCE,
    kind: 'eks-pod',
    id: 'oidc/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF/payments/api',
    attributes: { namespace: 'payments', serviceAccount: 'api' },
  },
  function: { ...INSTANCE, kind: 'lambda-function', id: 'resize-images', attributes: { role: 'resize' } },
  'function known by its role': { ...INSTANCE, kind: 'lambda-function', id: 'role/resize', region: null },
  'service session': {
    ...INSTANCE,
    kind: 'service-session',
    id: 'builder/AWSCodeBuild-0a1b',
    region: null,
    attributes: { service: 'codebuild.amazonaws.com' },
  },
  'workload of a kind to come': { ...INSTANCE, kind: 'app-runner-service', id: 'shop' },
};

/** Types, kinds, origins and states that no scenario shows, or that scenarios show by chance. */
export const MADE_UP: readonly Finding[] = [
  ...Object.entries(WORKLOADS).map(([name, workload]) => madeUp({ id: `credlock/made-up/${name}`, workload })),
  ofType('EgressLearned', { severity: 'INFORMATIONAL', events: [], calls: null, callsAtLeast: 1 }),
  ofType('DetectorTampered', {
    severity: 'MEDIUM',
    workload: { ...INSTANCE, kind: 'detector', id: 'credlock' },
    lock: [],
    ruledOut: [],
  }),
  ofType('ServiceCaller', { severity: 'INFORMATIONAL', origin: SERVICE, events: [] }),
  ofType('UnattributedService', { severity: 'LOW', origin: { ...SERVICE, service: 'AWS Internal' } }),
  ofType('ForeignEndpoint', { origin: ENDPOINT }),
  ofType('OutsideAWS', { origin: IPV6, id: 'credlock/made-up/ipv6' }),
  ofType('ManyOrigins', { origin: null, calls: null, callsAtLeast: 1234 }),
  ofType('SameOrigin', { workload: null, workloads: [INSTANCE, { ...INSTANCE, id: 'i-0fedcba9876543210' }] }),
  madeUp({ id: 'credlock/made-up/sample', sample: true }),
  madeUp({
    id: 'credlock/made-up/withdrawn',
    status: 'ARCHIVED',
    archivedBecause: 'The address is the instance’s own.',
  }),
  madeUp({
    id: 'credlock/made-up/chained',
    related: [
      {
        kind: 'chained-session',
        arn: 'arn:aws:sts::444455556666:assumed-role/admin/attacker',
        accessKeyIds: ['ASIAEXAMPLE000000099'],
      },
      {
        kind: 'console-session',
        arn: 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
        accessKeyIds: [],
      },
    ],
  }),
  madeUp({
    id: 'credlock/made-up/nothing',
    sessions: [],
    events: [],
    evidence: [],
    ruledOut: [],
    lock: [],
    advice: [],
  }),
  madeUp({ id: 'credlock/made-up/blank', title: ' ', description: '', workload: null, origin: null, sessions: [] }),
];
