import type { Finding } from '../../../../lambda/detection/model/finding';
import { detectIn, factsOf } from '../../../scenario';

/** A role session and one of its keys. */
interface Session {
  readonly account: string;
  readonly role: string;
  readonly name: string;
  readonly key: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** When on 5 October 2026, and from where. */
interface Place {
  readonly time: string;
  readonly ip: string;
}

const HOME = '198.51.100.10';
const ATTACKER = '192.0.2.66';
const ELSEWHERE = '192.0.2.99';
const POD_NODE = '198.51.100.60';

const INSTANCE: Session = session('orders-api', 'i-0aaaabbbbccccdddd', 'ASIAINSTANCE00000001');
const ADMIN: Session = session('administrator', 'deploy', 'ASIAADMIN00000000001');
const AUDIT: Session = session('audit', 'review', 'ASIAAUDIT00000000001');
const VAULT: Session = session('vault', 'last', 'ASIAVAULT00000000001');

function session(role: string, name: string, key: string, account = '111122223333'): Session {
  return { account, role, name, key };
}

function arnOf({ account, role, name }: Session): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${name}`;
}

/** What was assumed, as a finding's `related` names it. */
function chained(of: Session, ...keys: readonly Session[]): Fields {
  return { kind: 'chained-session', arn: arnOf(of), accessKeyIds: [of, ...keys].map(({ key }) => key) };
}

function identityOf(by: Session): Fields {
  const { account, role, name, key } = by;
  const issuer = { type: 'Role', arn: `arn:aws:iam::${account}:role/${role}`, accountId: account, userName: role };
  const inScopeOf = {
    issuerType: 'AWS::EC2::Instance',
    credentialsIssuedTo: `arn:aws:ec2:eu-west-1:${account}:instance/${name}`,
  };
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE${role.toUpperCase()}:${name}`,
    arn: arnOf(by),
    accountId: account,
    accessKeyId: key,
    sessionContext: { sessionIssuer: issuer, attributes: { creationDate: '2026-10-05T06:00:00Z' } },
    ...(role === INSTANCE.role ? { inScopeOf } : {}),
  };
}

function at(time: string, ip: string): Place {
  return { time, ip };
}

/** The action is written `iam:CreateUser`. */
function call(by: Session, { time, ip }: Place, action: string, changed: Fields = {}): Fields {
  const [service, name] = action.split(':');
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(by),
    eventTime: `2026-10-05T${time}:00Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: ip,
    userAgent: 'aws-cli/2.28.11',
    requestParameters: null,
    responseElements: null,
    requestID: `request/${time}/${by.key}`,
    eventID: `event/${time}/${by.key}/${action}`,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: by.account,
    eventCategory: 'Management',
    ...changed,
  };
}

function assume(by: Session, child: Session, place: Place, changed: Fields = {}): Fields {
  return call(by, place, 'sts:AssumeRole', {
    requestParameters: {
      roleArn: `arn:aws:iam::${child.account}:role/${child.role}`,
      roleSessionName: child.name,
    },
    responseElements: {
      credentials: { accessKeyId: child.key, expiration: '2026-10-05T20:00:00Z' },
      assumedRoleUser: { assumedRoleId: `AROAEXAMPLE:${child.name}`, arn: arnOf(child) },
    },
    ...changed,
  });
}

const AT_HOME = call(INSTANCE, at('06:05', HOME), 'ssm:UpdateInstanceInformation');

function findingsIn(records: readonly Fields[], settings = {}): readonly Finding[] {
  return detectIn({ settings, ipRanges: 'default' }, factsOf(records)).findings;
}

/** The one finding there must be. */
function theFinding(records: readonly Fields[], settings = {}): Finding {
  const findings = findingsIn(records, settings);
  expect(findings.map(({ type, origin }) => [type, origin?.ip])).toHaveLength(1);
  return findings[0]!;
}

describe('a role that an attacker assumed with a workload’s keys', () => {
  const theft = [
    AT_HOME,
    assume(INSTANCE, ADMIN, at('08:00', ATTACKER)),
    call(ADMIN, at('08:02', ATTACKER), 'iam:ListUsers'),
    call(ADMIN, at('08:03', ELSEWHERE), 'iam:CreateUser'),
  ];

  it('is named with its key', () => {
    expect(theFinding(theft).related).toEqual([chained(ADMIN)]);
  });

  it('has what it did, and where, in the evidence', () => {
    const told = theFinding(theft).evidence.filter((line) => line.includes(arnOf(ADMIN)));
    expect(told).toHaveLength(1);
    for (const part of [ADMIN.key, 'iam:ListUsers', 'iam:CreateUser', ATTACKER, ELSEWHERE, '2026-10-05T08:00:00Z'])
      expect(told[0]).toContain(part);
  });

  it('is named where none of its calls was seen', () => {
    const { related, evidence } = theFinding(theft.slice(0, 2));
    expect(related).toEqual([chained(ADMIN)]);
    expect(evidence.filter((line) => line.includes(ADMIN.key))).toHaveLength(1);
  });

  it('is reported alike in whatever order and however often the records come', () => {
    expect(findingsIn([...theft].reverse())).toEqual(findingsIn(theft));
    expect(findingsIn([...theft, ...theft])).toEqual(findingsIn(theft));
  });

  it('makes no finding of its own, even under the name of a task or of another instance', () => {
    for (const name of ['0123456789abcdef0123456789abcdef', 'i-0123456789abcdef0']) {
      const child = session('shop', name, 'ASIASHOP000000000001');
      const records = [
        AT_HOME,
        assume(INSTANCE, child, at('08:00', ATTACKER)),
        call(child, at('09:02', ELSEWHERE), 'sqs:ListQueues'),
      ];
      const finding = theFinding(records);
      expect(finding.workload?.id).toBe(INSTANCE.name);
      expect(finding.related).toEqual([chained(child)]);
    }
  });

  it('is named once where the trail of its account tells of it too', () => {
    const foreign = session('administrator', 'deploy', 'ASIAFOREIGN000000001', '444455556666');
    const asked = assume(INSTANCE, foreign, at('08:00', ATTACKER), { sharedEventID: 'shared/1' });
    const copy = { ...asked, eventID: 'event/copy', recipientAccountId: '444455556666' };
    const records = [AT_HOME, asked, copy, call(foreign, at('08:02', ATTACKER), 's3:ListBuckets')];
    expect(theFinding(records).related).toEqual([chained(foreign)]);
  });

  it('is not named where AWS refused it', () => {
    const refused = assume(INSTANCE, ADMIN, at('08:00', ATTACKER), {
      errorCode: 'AccessDenied',
      responseElements: null,
    });
    expect(theFinding([AT_HOME, refused]).related).toEqual([]);
  });

  it('is named with every key of it', () => {
    const again = { ...ADMIN, key: 'ASIAADMIN00000000002' };
    const records = [...theft, assume(INSTANCE, again, at('08:30', ATTACKER))];
    expect(theFinding(records).related).toEqual([chained(ADMIN, again)]);
  });

  it('belongs to the address it was assumed at, not to the attacker’s other one', () => {
    const other = '203.0.113.200';
    const findings = findingsIn([...theft, call(INSTANCE, at('09:00', other), 's3:ListBuckets')]);
    const related = findings.map(({ origin, related: found }) => [origin?.ip, found]);
    expect(related).toEqual([
      [ATTACKER, [chained(ADMIN)]],
      [other, []],
    ]);
    expect(new Set(findings.map(({ incidentId }) => incidentId)).size).toBe(1);
  });
});

describe('what is assumed at home', () => {
  it.each(['07:00', '08:30'])('is related to no theft that begins at 08:00, at %s', (time) => {
    const records = [
      AT_HOME,
      assume(INSTANCE, AUDIT, at(time, HOME)),
      call(AUDIT, at('08:35', ELSEWHERE), 's3:ListBuckets'),
      call(INSTANCE, at('08:00', ATTACKER), 's3:ListBuckets'),
    ];
    const { related, evidence } = theFinding(records);
    expect(related).toEqual([]);
    expect(evidence.join()).not.toContain(AUDIT.key);
  });

  it('is no finding', () => {
    expect(
      findingsIn([
        AT_HOME,
        assume(INSTANCE, AUDIT, at('07:00', HOME)),
        call(AUDIT, at('07:05', ATTACKER), 'iam:ListUsers'),
      ]),
    ).toEqual([]);
  });

  it('leaves only the attacker’s key where both assumed one role under one name', () => {
    const own = { ...ADMIN, key: 'ASIAADMIN00000000009' };
    const records = [
      AT_HOME,
      assume(INSTANCE, own, at('07:00', HOME)),
      call(own, at('07:01', HOME), 'iam:ListRoles'),
      assume(INSTANCE, ADMIN, at('08:00', ATTACKER)),
      call(ADMIN, at('08:01', ATTACKER), 'iam:CreateUser'),
    ];
    const { related, evidence } = theFinding(records);
    expect(related).toEqual([chained(ADMIN)]);
    expect(evidence.join()).toContain('iam:CreateUser');
    expect(evidence.join()).not.toContain('iam:ListRoles');
  });
});

describe('from role to role', () => {
  const hops = [
    AT_HOME,
    assume(INSTANCE, ADMIN, at('08:00', ATTACKER)),
    assume(ADMIN, AUDIT, at('08:05', ELSEWHERE)),
    call(AUDIT, at('08:06', ELSEWHERE), 'iam:ListUsers'),
  ];

  it('two hops are followed, wherever the second was made', () => {
    const { related, evidence } = theFinding(hops);
    expect(related).toEqual([chained(ADMIN), chained(AUDIT)]);
    expect(evidence.some((line) => line.includes(AUDIT.key) && line.includes('iam:ListUsers'))).toBe(true);
  });

  it('a third hop is not followed', () => {
    const { related, evidence } = theFinding([...hops, assume(AUDIT, VAULT, at('08:10', ELSEWHERE))]);
    expect(related).toEqual([chained(ADMIN), chained(AUDIT)]);
    expect(evidence.join()).not.toContain(VAULT.key);
  });

  it('the second hop is followed though its record came first', () => {
    expect(theFinding([...hops].reverse()).related).toEqual([chained(ADMIN), chained(AUDIT)]);
  });

  it('a role that assumes itself is named once, with both keys', () => {
    const again = { ...ADMIN, key: 'ASIAADMIN00000000002' };
    const records = [
      AT_HOME,
      assume(INSTANCE, ADMIN, at('08:00', ATTACKER)),
      assume(ADMIN, again, at('08:05', ATTACKER)),
    ];
    expect(theFinding(records).related).toEqual([chained(ADMIN, again)]);
  });

  it('a circle of keys ends', () => {
    const records = [
      AT_HOME,
      assume(INSTANCE, ADMIN, at('08:00', ATTACKER)),
      assume(ADMIN, AUDIT, at('08:05', ATTACKER)),
      assume(AUDIT, ADMIN, at('08:10', ATTACKER)),
      assume(ADMIN, ADMIN, at('08:15', ATTACKER)),
    ];
    expect(theFinding(records).related).toEqual([chained(ADMIN), chained(AUDIT)]);
  });

  it('a circle back to the workload’s own role ends', () => {
    const back = { ...INSTANCE, key: 'ASIAINSTANCE00000009' };
    const records = [
      AT_HOME,
      assume(INSTANCE, ADMIN, at('08:00', ATTACKER)),
      assume(ADMIN, back, at('08:05', ATTACKER)),
    ];
    const related = theFinding(records).related;
    expect(related).toEqual([chained(ADMIN), chained(back)]);
  });
});

describe('a console opened with a workload’s keys', () => {
  const CONSOLE = { ...INSTANCE, key: 'ASIACONSOLE000000001' };
  const clicks = [
    AT_HOME,
    call(INSTANCE, at('08:00', ATTACKER), 'signin:GetSigninToken', { eventType: 'AwsConsoleSignIn' }),
    call(CONSOLE, at('08:02', ATTACKER), 'iam:CreateUser', { sessionCredentialFromConsole: 'true' }),
  ];

  it('is named with the keys it was opened with and works with', () => {
    const { type, related } = theFinding(clicks);
    expect(type).toBe('ConsoleSession');
    expect(related).toEqual([
      { kind: 'console-session', arn: arnOf(INSTANCE), accessKeyIds: [CONSOLE.key, INSTANCE.key] },
    ]);
  });

  it('has its calls among the events', () => {
    expect(theFinding(clicks).events.map(({ name }) => name)).toEqual(['GetSigninToken', 'CreateUser']);
  });

  it('stands beside the roles assumed there', () => {
    const { related } = theFinding([...clicks, assume(INSTANCE, ADMIN, at('08:30', ATTACKER))]);
    expect(related.map(({ kind, arn }) => [kind, arn])).toEqual([
      ['chained-session', arnOf(ADMIN)],
      ['console-session', arnOf(INSTANCE)],
    ]);
  });
});

it('follows the keys of a pod as those of an instance', () => {
  const POD = session('cart', 'eks-shop-cart-0f5c1a7e-3f90-4b24-9688-9e0a1b2c3d4e', 'ASIAPOD0000000000001');
  const issued = {
    ...call(POD, at('06:10', 'pods.eks.amazonaws.com'), 'sts:AssumeRole'),
    userIdentity: { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' },
    requestParameters: {
      roleArn: 'arn:aws:iam::111122223333:role/cart',
      roleSessionName: POD.name,
      tags: [
        { key: 'eks-cluster-arn', value: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop' },
        { key: 'eks-cluster-name', value: 'shop' },
        { key: 'kubernetes-namespace', value: 'web' },
        { key: 'kubernetes-service-account', value: 'cart' },
        { key: 'kubernetes-pod-name', value: 'cart-7d9c5b6f44-x2klm' },
      ],
    },
    responseElements: { credentials: { accessKeyId: POD.key, expiration: '2026-10-05T12:10:00Z' } },
  };
  const finding = theFinding([
    issued,
    call(POD, at('06:12', POD_NODE), 's3:ListBuckets'),
    assume(POD, ADMIN, at('08:00', ATTACKER)),
    call(ADMIN, at('08:02', ATTACKER), 'iam:ListUsers'),
  ]);
  expect(finding.workload).toMatchObject({
    kind: 'eks-pod',
    id: 'shop/web/cart-7d9c5b6f44-x2klm',
    region: 'eu-west-1',
    attributes: { cluster: 'shop', namespace: 'web', serviceAccount: 'cart', pod: 'cart-7d9c5b6f44-x2klm' },
  });
  expect(finding.related).toEqual([chained(ADMIN)]);
});
