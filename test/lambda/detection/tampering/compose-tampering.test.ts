import type { Finding } from '../../../../lambda/detection/model/finding';
import { composeTampering } from '../../../../lambda/detection/tampering/compose-tampering';
import type { Tampering } from '../../../../lambda/detection/tampering/read-tampering';
import { ACCOUNT, at, from, instance, REGION, sessionArn } from '../trail';

const ADA = sessionArn('ada', 'admin');

function act(over: Partial<Tampering> = {}): Tampering {
  return {
    part: 'rule',
    name: 'credlock-network',
    was: 'disabled',
    kind: 'harm',
    eventId: 'e1',
    time: at('10:20'),
    partition: 'aws',
    account: ACCOUNT,
    region: REGION,
    eventSource: 'events.amazonaws.com',
    eventName: 'DisableRule',
    errorCode: null,
    userAgent: 'cli',
    by: ADA,
    accessKeyId: 'ASIAADA',
    workload: null,
    shown: 'none',
    source: from('203.0.113.9'),
    byDeployment: false,
    ...over,
  };
}

function found(...acts: readonly Partial<Tampering>[]): Finding {
  const finding = composeTampering(acts.map(act));
  if (!finding) throw new Error('no finding');
  return finding;
}

const WORKLOAD = { workload: instance('i-1'), shown: 'scope' } as const;
const LAST = 'Events that it forwarded no longer reach the detector.';
const CALLED = `${ADA} called events.amazonaws.com DisableRule in account ${ACCOUNT}`;

describe('the description says', () => {
  test.each<[string, Partial<Tampering>, string]>([
    [
      'who called what, where and from where',
      {},
      `Rule credlock-network was disabled. ${CALLED}, eu-west-1, at 2026-09-01T10:20:00Z from 203.0.113.9. ${LAST}`,
    ],
    [
      'less of a call without a Region',
      { region: '' },
      `Rule credlock-network was disabled. ${CALLED}, at 2026-09-01T10:20:00Z from 203.0.113.9. ${LAST}`,
    ],
    [
      'less of a call without a source',
      { source: null },
      `Rule credlock-network was disabled. ${CALLED}, eu-west-1, at 2026-09-01T10:20:00Z. ${LAST}`,
    ],
    [
      'that it went through CloudFormation',
      { byDeployment: true },
      `Rule credlock-network was disabled. ${CALLED}, eu-west-1, at 2026-09-01T10:20:00Z from 203.0.113.9 through CloudFormation. ${LAST}`,
    ],
    [
      'that it was refused, and nothing of a loss then',
      { errorCode: 'AccessDenied' },
      `Rule credlock-network would have been disabled, but the call was refused. ${CALLED}, eu-west-1, at 2026-09-01T10:20:00Z from 203.0.113.9.`,
    ],
    [
      'whose session called',
      WORKLOAD,
      `Rule credlock-network was disabled. A session of EC2 instance i-1 (${ADA}) called events.amazonaws.com DisableRule in account ${ACCOUNT}, eu-west-1, at 2026-09-01T10:20:00Z from 203.0.113.9. ${LAST}`,
    ],
  ])('%s', (_, over, description) => {
    expect(found(over).description).toBe(description);
  });

  test('how many calls there were', () => {
    expect(found({}, { eventId: 'e2' }).description).toMatch(
      /\. 2 such calls were made within the hour; the evidence lists them\.$/,
    );
    expect(found({}).description).not.toContain('such calls');
  });

  test('long names shortened', () => {
    const { title, description, evidence } = found({
      name: `credlock-${'x'.repeat(300)}`,
      by: `arn:${'y'.repeat(2_000)}`,
    });
    const name = `rule credlock-${'x'.repeat(71)} was disabled`;
    expect(title).toBe(`Detector in account ${ACCOUNT}: ${name}`);
    expect(description).toContain(`. arn:${'y'.repeat(196)} called events`);
    expect(evidence[0]).toContain(`: ${name} (`);
    const ofWorkload = found({ ...WORKLOAD, by: `arn:${'y'.repeat(2_000)}` });
    expect(ofWorkload.description).toContain(`(arn:${'y'.repeat(196)}) called`);
  });
});

describe('the title is of the worst call', () => {
  const early = { time: at('10:00'), eventId: 'a' };
  const routine = { kind: 'change', byDeployment: true } as const;
  test.each<[string, Partial<Tampering>, Partial<Tampering>]>([
    ['a workload’s before harm by another', { kind: 'change', ...WORKLOAD }, {}],
    ['harm before what a deployment changes', {}, routine],
    ['harm before administration', {}, { kind: 'administration' }],
    ['what was done before what was refused', {}, { errorCode: 'AccessDenied' }],
    ['harm that was refused before a routine change', { errorCode: 'AccessDenied' }, routine],
    ['the update of a stack before what it changed', { ...routine, part: 'stack' }, routine],
    ['not what a workload’s deployment does, before harm', {}, { ...routine, ...WORKLOAD }],
  ])('%s', (_, worst, other) => {
    for (const acts of [
      [
        { ...other, ...early },
        { ...worst, name: 'worst' },
      ],
      [
        { ...worst, name: 'worst' },
        { ...other, ...early },
      ],
    ])
      expect(found(...acts).title).toMatch(/ worst (?:was|would)/);
  });

  test('the earliest of those that are alike, then the smallest id', () => {
    const acts = [
      { name: 'late', time: at('10:30') },
      { name: 'b', eventId: 'b' },
      { name: 'a', eventId: 'a' },
    ];
    for (const order of [acts, acts.toReversed()]) {
      const finding = found(...order);
      expect(finding.title).toBe(`Detector in account ${ACCOUNT}: rule a was disabled, and 2 more`);
      expect(finding.events.map(({ id }) => id)).toEqual(['a', 'b', 'e1']);
    }
  });
});

describe('the evidence says', () => {
  const LINE = '2026-09-01T10:20:00Z in eu-west-1: rule credlock-network was disabled (DisableRule';

  test.each<[string, Partial<Tampering>, string]>([
    ['a call', {}, `${LINE}), record e1.`],
    [
      'a call without a Region',
      { region: '' },
      '2026-09-01T10:20:00Z: rule credlock-network was disabled (DisableRule), record e1.',
    ],
    ['a call through CloudFormation', { byDeployment: true }, `${LINE}, through CloudFormation), record e1.`],
    [
      'a call that was refused',
      { errorCode: 'AccessDenied' },
      '2026-09-01T10:20:00Z in eu-west-1: rule credlock-network would have been disabled, but the call was refused (DisableRule) (AccessDenied), record e1.',
    ],
  ])('%s', (_, over, line) => {
    expect(found(over).evidence).toEqual([line]);
  });

  test('who made each call, where several did', () => {
    const { evidence } = found({ by: 'ada' }, { by: 'bob', eventId: 'e2' });
    expect(evidence).toEqual([`${LINE} by ada), record e1.`, `${LINE} by bob), record e2.`]);
  });

  test.each([
    ['scope', 'The record names the workload its credentials were issued to'],
    ['delivery', 'The record shows that its credentials came from the instance metadata service'],
    ['shape', 'The session name looks like a workload’s, but anyone who may assume the role can choose it'],
  ] as const)('how the workload is known: %s', (shown, how) => {
    const [first, ...rest] = found({ ...WORKLOAD, shown }).evidence;
    expect(first).toBe(`${how}: EC2 instance i-1, account ${ACCOUNT}.`);
    expect(rest).toHaveLength(1);
  });

  test('the name of a kind that is not known', () => {
    const [first] = found({ ...WORKLOAD, workload: { ...instance('i-1'), kind: 'forge' } }).evidence;
    expect(first).toContain(': forge i-1, account');
  });
});

describe('the finding has', () => {
  test('the sessions with their keys, each once', () => {
    const other = sessionArn('eve', 'admin');
    const { sessions } = found(
      { accessKeyId: 'ASIA2' },
      { accessKeyId: 'ASIA1', eventId: 'e2' },
      { accessKeyId: 'ASIA1', eventId: 'e3' },
      { accessKeyId: null, eventId: 'e4' },
      { by: other, accessKeyId: null, eventId: 'e5' },
      { by: `arn:aws:iam::${ACCOUNT}:user/bob`, eventId: 'e6' },
    );
    expect(sessions).toEqual([
      { arn: ADA, role: 'admin', accessKeyIds: ['ASIA1', 'ASIA2'] },
      { arn: other, role: 'admin', accessKeyIds: [] },
    ]);
  });

  test.each<[string, string | null, object | null]>([
    ['an address', '203.0.113.9', { kind: 'public', ip: '203.0.113.9', service: null, ownership: 'unknown' }],
    [
      'an endpoint',
      'vpce-1@444455556666/10.0.0.5',
      { kind: 'endpoint', endpointId: 'vpce-1', endpointAccount: '444455556666', ownership: 'unknown' },
    ],
    [
      'a service',
      'by cloudformation.amazonaws.com',
      { kind: 'service', ip: null, service: 'cloudformation.amazonaws.com', ownership: 'none' },
    ],
    ['nothing', null, null],
  ])('the origin of the call: %s', (_, place, origin) => {
    const finding = found({ source: place === null ? null : from(place) });
    expect(finding.origin).toEqual(origin && expect.objectContaining({ account: null, region: null, ...origin }));
  });

  test.each([
    [200, 200, null],
    [201, null, 200],
  ])('of %d calls the number %p, or at least %p', (count, calls, callsAtLeast) => {
    const acts = Array.from({ length: count }, (_, index) => ({ eventId: `e${index}` }));
    expect(found(...acts)).toMatchObject({
      calls,
      callsAtLeast,
      contested: false,
      sample: false,
      lock: [],
      ruledOut: [],
      related: [],
    });
  });

  test.each<[string, readonly Partial<Tampering>[], string]>([
    ['a change by a deployment', [{ kind: 'change', byDeployment: true }], 'LOW'],
    ['administration', [{ kind: 'administration' }], 'LOW'],
    ['a change by hand', [{ kind: 'change' }], 'MEDIUM'],
    ['harm beside administration', [{ kind: 'administration' }, { eventId: 'e2' }], 'MEDIUM'],
    ['a workload’s call', [{ kind: 'change', ...WORKLOAD }], 'HIGH'],
    ['a workload’s deployment', [{ kind: 'change', byDeployment: true, ...WORKLOAD }], 'LOW'],
  ])('the severity of %s', (_, acts, severity) => {
    expect(found(...acts).severity).toBe(severity);
  });

  test('no Region where the call has none', () => {
    expect([found({ region: '' }).workload?.region, found({}).workload?.region]).toEqual([null, REGION]);
  });
});
