import { execFileSync } from 'node:child_process';
import { nextSteps } from '../../../bin/report/next-steps';
import { command, shellWord } from '../../../lambda/detection/model/shell-command';
import { adviceOn } from '../../../lambda/detection/findings/finding-types';
import { FINDING_TYPES, type Finding, type FindingWorkload } from '../../../lambda/detection/model/finding';

const SESSION = 'arn:aws:sts::111122223333:assumed-role/receipts/i-0503ef25295e8af60';
const INSTANCE: FindingWorkload = {
  kind: 'ec2-instance',
  id: 'i-0503ef25295e8af60',
  account: '111122223333',
  region: 'eu-west-1',
  partition: 'aws',
  attributes: {},
};

function finding(over: Partial<Finding> = {}): Finding {
  const type = over.type ?? 'OutsideAWS';
  return {
    schema: 'credlock.finding/1',
    id: 'credlock/x',
    incidentId: 'credlock/incident/x',
    type,
    severity: 'HIGH',
    status: 'ACTIVE',
    contested: false,
    sample: false,
    title: 'a title',
    description: 'A description.',
    workload: INSTANCE,
    sessions: [{ arn: SESSION, role: 'receipts', accessKeyIds: ['ASIAEXAMPLEEXAMPLE00'] }],
    origin: {
      kind: 'public',
      ip: '192.0.2.66',
      endpointId: null,
      endpointAccount: null,
      service: null,
      ownership: 'outside-aws',
      account: null,
      region: null,
    },
    lock: [],
    firstSeen: '2026-09-14T13:41:03Z',
    lastSeen: '2026-09-14T13:55:00Z',
    calls: 1,
    callsAtLeast: null,
    events: [
      {
        id: 'e-1',
        time: '2026-09-14T13:41:03Z',
        region: 'us-east-1',
        source: 'sts.amazonaws.com',
        name: 'GetCallerIdentity',
        errorCode: null,
        resource: null,
        userAgent: 'aws-cli',
        accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
      },
    ],
    evidence: [],
    ruledOut: [],
    related: [],
    workloads: null,
    archivedBecause: null,
    advice: adviceOn(type),
    ...over,
  };
}

/** A day after the calls. */
const NEXT_DAY = Date.parse('2026-09-15T13:41:03Z');

function commandsOf(over: Partial<Finding> = {}, now = NEXT_DAY): string[] {
  return nextSteps(finding(over), now).flatMap(({ commands }) => commands);
}

/** What a shell makes of a line: the command's words, one a line. */
function wordsOf(line: string, environment: Record<string, string> = {}): string[] {
  const script = `set -u; words() { for word in "$@"; do printf '%s\\n' "$word"; done; }; words ${line}`;
  const output = execFileSync('/bin/sh', ['-c', script], { env: environment, encoding: 'utf8' });
  return output.split('\n').slice(0, -1);
}

/** The policy a denial puts, as AWS gets it. */
function denials(over: Partial<Finding> = {}): Record<string, unknown>[] {
  const lines = commandsOf(over).filter((line) => line.startsWith('aws iam put-role-policy'));
  return lines.map((line) => {
    const words = wordsOf(line, { NOW: '2026-09-14T14:00:00Z' });
    const policy = JSON.parse(words.at(-1) ?? '') as { Statement: { Effect: string; Condition: object }[] };
    expect(policy.Statement[0]?.Effect).toBe('Deny');
    return { role: words[words.indexOf('--role-name') + 1], ...policy.Statement[0]?.Condition };
  });
}

describe('the next steps', () => {
  test.each(FINDING_TYPES)('of %s are its advice, in the same order', (type) => {
    expect(nextSteps(finding({ type })).map(({ text }) => text)).toEqual(adviceOn(type));
  });

  test('of a theft: whose address, a new role, the denial, evidence, what was done', () => {
    const [decide, replace, deny, preserve, read] = nextSteps(finding(), NEXT_DAY).map(({ commands }) =>
      commands.join('\n'),
    );
    expect(decide).toContain('whois 192.0.2.66');
    expect(decide).toContain('"trustedNetworks": [{"cidr":"192.0.2.66/32","accounts":["111122223333"]}]');
    expect(replace).toContain('replace-iam-instance-profile-association --region eu-west-1');
    expect(deny).toContain('put-role-policy');
    expect(preserve).toContain('InstanceId=i-0503ef25295e8af60');
    expect(read).toContain('--region us-east-1 --start-time 2026-09-14T13:26:03Z');
    expect(read).toContain('AttributeKey=AccessKeyId,AttributeValue=ASIAEXAMPLEEXAMPLE00');
  });

  test('deny what an instance was issued before now, and nobody else', () => {
    expect(denials()).toEqual([
      {
        role: 'receipts',
        DateLessThan: { 'aws:TokenIssueTime': '2026-09-14T14:00:00Z' },
        ArnEquals: { 'ec2:SourceInstanceARN': 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0503ef25295e8af60' },
      },
    ]);
  });

  test.each([
    ['an instance of unknown Region', { ...INSTANCE, region: null }],
    ['a task', { ...INSTANCE, kind: 'ecs-task' }],
    ['a function', { ...INSTANCE, kind: 'lambda-function' }],
  ])('deny %s by its session', (_name, workload) => {
    const [denial] = denials({ workload });
    expect(denial).toMatchObject({ StringLike: { 'aws:userid': '*:i-0503ef25295e8af60' } });
  });

  test('deny the sessions made of the keys as well', () => {
    const arn = 'arn:aws:sts::444455556666:assumed-role/archive/botocore-1';
    const roles = denials({ related: [{ kind: 'chained-session', arn, accessKeyIds: [] }] }).map(({ role }) => role);
    expect(roles).toEqual(['receipts', 'archive']);
  });

  test('never deny by a session name that would hit others', () => {
    const sessions = [{ arn: 'arn:aws:sts::111122223333:assumed-role/receipts/*', role: 'receipts', accessKeyIds: [] }];
    expect(denials({ sessions })).toEqual([]);
  });

  test('for IPv6 ask for that, and declare a whole address', () => {
    const { origin } = finding();
    const lines = commandsOf({ origin: origin && { ...origin, ip: '2001:db8::1', ownership: 'aws' } });
    expect(lines[0]).toContain('Name=ipv6-addresses.ipv6-address,Values=2001:db8::1');
    expect(lines[1]).toContain('2001:db8::1/128');
  });

  test.each([
    ['an AWS address', { ownership: 'aws' }, 'Name=association.public-ip,Values=192.0.2.66'],
    ['a private address', { kind: 'implausible', ip: '10.0.0.5' }, 'Name=addresses.private-ip-address,Values=10.0.0.5'],
  ] as const)('look %s up in EC2', (_name, over, filter) => {
    const { origin } = finding();
    expect(commandsOf({ origin: origin && { ...origin, ...over } })[0]).toContain(filter);
  });

  test('look older calls up in the trail’s logs instead of the event history', () => {
    const recent = commandsOf().join('\n');
    const old = commandsOf({}, Date.parse('2026-12-20T00:00:00Z')).join('\n');
    expect(recent).toContain('aws cloudtrail lookup-events');
    expect(recent).not.toContain('athena');
    expect(old).not.toContain('lookup-events');
    for (const query of ['aws athena start-query-execution', 'aws cloudtrail start-query'])
      expect(old).toContain(`${query} `);
    const line = old.split('\n').find((one) => one.startsWith('aws athena')) ?? '';
    expect(wordsOf(line, { TABLE: 'logs' }).at(-1)).toContain(
      `FROM logs WHERE useridentity.accesskeyid IN ('ASIAEXAMPLEEXAMPLE00') AND eventtime >= '2026-09-14T13:26:03Z'`,
    );
  });

  test('look data events up in the trail’s logs as well', () => {
    const [event] = finding().events;
    const events = event ? [{ ...event, source: 's3.amazonaws.com', name: 'GetObject' }] : [];
    const lines = commandsOf({ events }).join('\n');
    expect(lines).toContain('aws cloudtrail lookup-events');
    expect(lines).toContain('# data events are not in the event history:\naws athena');
  });

  test('close IMDSv1 where it was the way in', () => {
    const evidence = ['The credentials used here were obtained from the instance metadata service by IMDSv1.'];
    expect(commandsOf({ evidence }).join('\n')).toContain('--instance-id i-0503ef25295e8af60 --http-tokens required');
    expect(commandsOf({ evidence: [(evidence[0] ?? '').replace('v1', 'v2')] }).join('\n')).not.toContain(
      '--http-tokens',
    );
  });

  test('of an instance terminated since are not about the instance', () => {
    const workload = { ...INSTANCE, attributes: { terminated: '2026-09-14T17:05:00Z' } };
    const steps = nextSteps(finding({ workload }), NEXT_DAY);
    expect(steps.flatMap(({ commands }) => commands).join('\n')).not.toMatch(/create-snapshots|instance-profile/);
    expect(steps.map(({ text }) => text).join('\n')).toContain('terminated at 2026-09-14T17:05:00Z: preserve');
  });

  test('through an endpoint ask whose it is', () => {
    const { origin } = finding();
    const endpoint = origin && { ...origin, kind: 'endpoint' as const, endpointId: 'vpce-1', ip: '10.0.0.5' };
    const [first] = commandsOf({ type: 'ForeignEndpoint', origin: endpoint });
    expect(first).toBe(
      'aws ec2 describe-vpc-endpoints --region eu-west-1 --filters Name=vpc-endpoint-id,Values=vpce-1',
    );
  });

  test('of a pod and of a service account are commands for Kubernetes', () => {
    const attributes = { cluster: 'shop', namespace: 'shop', serviceAccount: 'basket', pod: 'basket-1' };
    const pod = commandsOf({ workload: { ...INSTANCE, kind: 'eks-pod', attributes } }).join('\n');
    expect(pod).toContain('aws eks update-pod-identity-association --region eu-west-1 --cluster-name shop');
    expect(pod).toContain('kubectl logs --namespace shop basket-1');
    const irsa = { provider: 'oidc.example', namespace: 'shop', serviceAccount: 'checkout' };
    const account = commandsOf({ workload: { ...INSTANCE, kind: 'eks-pod', attributes: irsa } }).join('\n');
    expect(account).toContain('kubectl annotate serviceaccount --namespace shop checkout');
    expect(account).not.toContain('kubectl logs');
  });

  test('of an instance that is gone are not about the instance', () => {
    const lines = commandsOf({ type: 'AfterTermination' }).join('\n');
    expect(lines).toContain('put-role-policy');
    expect(lines).not.toContain('create-snapshots');
    expect(lines).not.toContain('replace-iam-instance-profile');
  });

  test('of a console session and a foreign endpoint propose no network to declare', () => {
    expect(adviceOn('ConsoleSession').join(' ')).not.toContain('trustedNetworks');
    expect(adviceOn('ForeignEndpoint').join(' ')).not.toContain('trustedNetworks');
  });
});

describe('a word of a shell', () => {
  test.each([
    'plain-1.2/3',
    'two words',
    `it's`,
    '$(touch owned)',
    '`touch owned`',
    'a"b',
    String.raw`a\b`,
    '; rm -rf /',
    '-rf',
    '*',
    '~',
    '#no comment',
    'ünïcödé',
  ])('is one word whatever is in it: %s', (text) => {
    const word = shellWord(text) ?? '';
    expect(wordsOf(word)).toEqual([text]);
  });

  test.each([['a line\nend'], ['a return\r'], ['an escape\u001b[2J'], ['\u202eturned'], ['zero\u200bwidth'], ['']])(
    'is none where it must not be pasted: %j',
    (text) => expect(shellWord(text)).toBeNull(),
  );

  test('a command with a value that must not be pasted is left out', () => {
    expect(command`aws x --id ${'i-1'} --name ${'a\nb'}`).toBeNull();
    expect(command`aws x --id ${'i-1'} --name ${null}`).toBeNull();
    expect(command`aws x --id ${'i 1'}`).toBe(`aws x --id 'i 1'`);
  });
});
