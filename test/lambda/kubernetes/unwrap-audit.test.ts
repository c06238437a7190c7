import { UNKNOWN_CLUSTER } from '../../../lambda/kubernetes/cluster';
import { clusterOfLine, NOWHERE, unwrapAudit, type AuditLine } from '../../../lambda/kubernetes/unwrap-audit';
import { auditRecord, DEMO_CLUSTER } from './audit-records';

const EVENT = auditRecord();
const TEXT = JSON.stringify(EVENT);
const STREAM = 'kube-apiserver-audit-0123456789abcdef0123456789abcdef';
const GROUP = '/aws/eks/demo/cluster';
const AT = Date.parse('2026-09-01T10:00:02.500Z');
const PAYLOAD = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: GROUP,
  logStream: STREAM,
  subscriptionFilters: ['credlock'],
  logEvents: [{ id: '1', timestamp: AT, message: TEXT }],
};
const CUT = TEXT.slice(0, 700);

function unwrapped(value: unknown): { lines: AuditLine[]; other: number } | null {
  const lines: AuditLine[] = [];
  let other = 0;
  const isAudit = unwrapAudit(value, { line: (line) => lines.push(line), other: (count) => (other += count) });
  return isAudit ? { lines, other } : null;
}

const SHAPES: readonly (readonly [string, unknown, Partial<AuditLine>])[] = [
  ['an Event', EVENT, {}],
  ['a line', TEXT, {}],
  ['a line of an export task', `2026-09-01T10:00:02.500Z ${TEXT}`, { loggedAt: AT }],
  ['an EventList', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [EVENT] }, {}],
  [
    'a payload of a subscription',
    PAYLOAD,
    { account: '111122223333', logGroup: GROUP, logStream: STREAM, loggedAt: AT },
  ],
  [
    'an item of filter-log-events',
    { logStreamName: STREAM, timestamp: AT, message: TEXT, ingestionTime: AT + 1, eventId: '1' },
    { logStream: STREAM, loggedAt: AT },
  ],
  [
    'a row of Logs Insights',
    {
      '@timestamp': '2026-09-01 10:00:02.500',
      '@message': TEXT,
      '@logStream': STREAM,
      '@log': `111122223333:${GROUP}`,
      '@ptr': 'x',
    },
    { account: '111122223333', logGroup: GROUP, logStream: STREAM, loggedAt: AT },
  ],
];

test.each(SHAPES)('%s has one line', (_, value, place) => {
  expect(unwrapped(value)).toEqual({ lines: [{ ...NOWHERE, line: EVENT, ...place }], other: 0 });
});

test('an item of a list needs no kind', () => {
  const item = auditRecord({ kind: undefined, apiVersion: undefined, stage: undefined });

  expect(unwrapped(item)?.lines).toEqual([{ ...NOWHERE, line: item }]);
});

test('a line that was cut is passed on as its text', () => {
  const message = { id: '1', timestamp: AT, message: CUT };

  expect(unwrapped(`2026-09-01T10:00:02.500Z ${CUT}`)?.lines).toEqual([{ ...NOWHERE, loggedAt: AT, line: CUT }]);
  expect(unwrapped({ ...PAYLOAD, logEvents: [message] })?.lines[0]).toMatchObject({ line: CUT, loggedAt: AT });
});

test('one broken message costs only itself', () => {
  const logEvents = ['', 'not JSON', TEXT, '{}', 7, null].map((message) => ({ id: '1', timestamp: AT, message }));

  const lines = unwrapped({ ...PAYLOAD, logEvents })?.lines ?? [];

  expect(lines.map(({ line }) => line)).toEqual(['', 'not JSON', EVENT, '{}', '', '']);
});

test('lines of the other logs of the control plane are counted only', () => {
  const other = { ...PAYLOAD, logStream: 'authenticator-0123456789abcdef0123456789abcdef' };

  expect(unwrapped(other)).toEqual({ lines: [], other: 1 });
});

test('a control message has no line', () => {
  const control = { ...PAYLOAD, messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logGroup: '', logStream: '' };

  expect(unwrapped(control)).toEqual({ lines: [], other: 0 });
});

test.each([
  ['a CloudTrail record', { eventVersion: '1.11', eventName: 'X', auditID: 'a', stage: 'ResponseComplete' }],
  ['a payload of another log group', { ...PAYLOAD, logGroup: 'trail' }],
  ['a message of another stream', { logStreamName: 'web', message: 'GET /' }],
  ['a text that only names one', TEXT.slice(0, 20)],
  ['an event that names another in its fields', JSON.stringify({ message: { requestObject: EVENT } })],
  ['a list', [EVENT]],
  ['null', null],
])('%s is none', (_, value) => {
  expect(unwrapped(value)).toBeNull();
});

describe('the cluster of a line', () => {
  const wrapper = { ...NOWHERE, account: '111122223333', logGroup: GROUP };

  test.each([
    [
      'is that of the wrapper, its Region unknown',
      wrapper,
      UNKNOWN_CLUSTER,
      { account: '111122223333', region: null, name: 'demo' },
    ],
    ['takes the Region of the one that a person named', wrapper, DEMO_CLUSTER, DEMO_CLUSTER],
    ['is the one that a person named if the wrapper names none', NOWHERE, DEMO_CLUSTER, DEMO_CLUSTER],
    [
      'is that of the wrapper if another was named',
      { ...wrapper, logGroup: '/aws/eks/shop/cluster' },
      DEMO_CLUSTER,
      { account: '111122223333', region: null, name: 'shop' },
    ],
    [
      'in another account is another one',
      { ...wrapper, account: '444455556666' },
      DEMO_CLUSTER,
      { account: '444455556666', region: null, name: 'demo' },
    ],
    ['is unknown if nobody names it', { ...NOWHERE, logGroup: 'audit' }, UNKNOWN_CLUSTER, UNKNOWN_CLUSTER],
  ])('%s', (_, place, given, cluster) => {
    expect(clusterOfLine(place, given)).toEqual({ partition: 'aws', ...cluster });
  });
});
