import { parseEnvelope } from '../../../lambda/observing/message-envelope';
import { notificationOf } from '../hub';
import { eventOf } from '../../../trail-writer/event';
import { call, logFileKey, SHOP } from '../records';

const TRAIL = { bucket: 'organization-trail', prefix: '' };
const KEY = logFileKey();

const NOTHING = { records: [], samples: [], objects: [], ignored: [], rejected: [] };

function believed(message: unknown, trail: { bucket: string; prefix: string } | null = TRAIL, hub?: string) {
  return parseEnvelope(typeof message === 'string' ? message : JSON.stringify(message), trail, hub);
}

describe('events', () => {
  const record = call('12:00', '198.51.100.10');

  test('of AWS are believed about their own account', () => {
    expect(believed(eventOf(record))).toEqual({ ...NOTHING, records: [record] });
  });

  test.each([
    ['another source', { source: 'credlock.simulation' }, 'source-not-aws'],
    ['a source that only looks like AWS', { source: 'myaws.ec2' }, 'source-not-aws'],
    ['no source', { source: undefined }, 'source-not-aws'],
    ['a partner of AWS as source', { source: 'aws.partner/example.com/1234/orders' }, 'source-not-aws'],
    ['another detail-type', { 'detail-type': 'Order Placed' }, 'not-of-cloudtrail'],
    ['a detail-type that is no text', { 'detail-type': ['AWS API Call via CloudTrail'] }, 'not-of-cloudtrail'],
    ['another account', { account: '999900001111' }, 'not-the-recipient'],
    ['no account', { account: undefined }, 'not-the-recipient'],
    ['no record', { detail: null }, 'not-the-recipient'],
    ['a record without recipient', { detail: { ...record, recipientAccountId: undefined } }, 'not-the-recipient'],
  ])('with %s are not', (_what, change, reason) => {
    const { records, rejected: doubts } = believed({ ...eventOf(record), ...change });
    expect(records).toEqual([]);
    expect(doubts).toEqual([{ reason, detail: expect.any(String) }]);
  });

  test.each([
    'AWS API Call via CloudTrail',
    'AWS Console Signin via CloudTrail',
    'AWS Console Sign In via CloudTrail',
    'AWS Console Action via CloudTrail',
    'AWS Service Event via CloudTrail',
    'AWS Insight via CloudTrail',
    'AWS Network Activity Event via CloudTrail',
  ])('are believed as %s', (detailType) => {
    expect(believed(eventOf(record, { 'detail-type': detailType })).records).toEqual([record]);
  });

  test('are not believed inside a notification, which anybody may send who may publish to the topic', () => {
    const { records, rejected: doubts } = believed({ Type: 'Notification', Message: JSON.stringify(eventOf(record)) });
    expect(records).toEqual([]);
    expect(doubts).toEqual([{ reason: 'not-understood', detail: expect.any(String) }]);
  });
});

describe('samples', () => {
  const record = call('12:00', '198.51.100.10');
  const sample = { ...eventOf(record), source: 'credlock.simulation' };

  test('are believed of the hub’s account about itself', () => {
    expect(believed(sample, TRAIL, SHOP)).toEqual({ ...NOTHING, samples: [record] });
  });

  test.each([
    ['of another account', sample, '999900001111', 'not-the-recipient'],
    ['about another account', { ...sample, account: '999900001111' }, '999900001111', 'not-the-recipient'],
    [
      'that claim to be the hub’s',
      { ...sample, detail: { ...record, recipientAccountId: '999900001111' } },
      SHOP,
      'not-the-recipient',
    ],
    ['without a record', { ...sample, detail: {} }, SHOP, 'not-the-recipient'],
    ['of another detail-type', { ...sample, 'detail-type': 'Theft' }, SHOP, 'not-of-cloudtrail'],
    ['where none are asked for', sample, undefined, 'source-not-aws'],
    ['by a source that only looks like theirs', { ...sample, source: 'credlock.simulation2' }, SHOP, 'source-not-aws'],
  ])('%s are not', (_whose, event, hub, reason) => {
    expect(believed(event, TRAIL, hub)).toEqual({ ...NOTHING, rejected: [{ reason, detail: expect.any(String) }] });
  });

  test('make no samples of AWS’s own events', () => {
    expect(believed(eventOf(record), TRAIL, SHOP)).toEqual({ ...NOTHING, records: [record] });
  });
});

describe('announcements of log files', () => {
  const created = {
    source: 'aws.s3',
    account: '555566667777',
    'detail-type': 'Object Created',
    detail: { bucket: { name: TRAIL.bucket }, object: { key: KEY, size: 5 } },
  };

  test.each([
    ['by S3', notificationOf([KEY])],
    ['by S3 through SNS', { Type: 'Notification', Message: JSON.stringify(notificationOf([KEY])) }],
    ['by EventBridge', created],
    [
      'by CloudTrail through SNS',
      { Type: 'Notification', Message: JSON.stringify({ s3Bucket: TRAIL.bucket, s3ObjectKey: [KEY] }) },
    ],
    ['by CloudTrail, delivered raw', { s3Bucket: TRAIL.bucket, s3ObjectKey: [KEY] }],
  ])('%s are read', (_how, message) => {
    expect(believed(message)).toEqual({ ...NOTHING, objects: [{ key: KEY, account: SHOP }] });
  });

  test('have encoded keys only where S3 itself writes them', () => {
    const odd = logFileKey('a b+ü%20');
    expect(believed(notificationOf([odd])).objects).toEqual([{ key: odd, account: SHOP }]);
    const plain = { ...created, detail: { ...created.detail, object: { key: odd } } };
    expect(believed(plain).objects).toEqual([{ key: odd, account: SHOP }]);
  });

  test('name several objects, each of which is looked at', () => {
    const { objects, ignored } = believed(
      notificationOf([KEY, logFileKey('d', SHOP, 'CloudTrail-Digest'), logFileKey('b')]),
    );
    expect(objects.map(({ key }) => key)).toEqual([KEY, logFileKey('b')]);
    expect(ignored).toEqual(['not-a-log-file']);
  });

  test.each([
    [logFileKey('x', SHOP, 'CloudTrail-Insight')],
    [`${SHOP}/CloudTrail/eu-west-1/2026/09/01/x.json.gz`],
    [`AWSLogs/${SHOP}/vpcflowlogs/eu-west-1/2026/09/01/x.log.gz`],
    [`AWSLogs/1111/CloudTrail/eu-west-1/2026/09/01/x.json.gz`],
    [`AWSLogs/${SHOP}/CloudTrail/eu-west-1/`],
    [`evil/${KEY}`],
  ])('of %s are nothing to read', (key) => {
    expect(believed(notificationOf([key]))).toMatchObject({ objects: [], ignored: ['not-a-log-file'], rejected: [] });
  });

  test('of a trail with a prefix, or of one account, are read too', () => {
    const trail = { bucket: TRAIL.bucket, prefix: 'logs/' };
    const own = `logs/AWSLogs/${SHOP}/CloudTrail/eu-west-1/2026/09/01/x.json.gz`;
    expect(believed(notificationOf([own]), trail).objects).toEqual([{ key: own, account: SHOP }]);
    expect(believed(notificationOf([KEY]), trail).ignored).toEqual(['not-a-log-file']);
  });

  test.each([
    ['another bucket', notificationOf([KEY], 'attackers-bucket'), TRAIL],
    ['any bucket, where no trail is configured', notificationOf([KEY]), null],
    [
      'another bucket by EventBridge',
      { ...created, detail: { ...created.detail, bucket: { name: 'attackers' } } },
      TRAIL,
    ],
  ])('of %s are doubted', (_what, message, trail) => {
    expect(believed(message, trail)).toMatchObject({ objects: [], rejected: [{ reason: 'not-the-trail-bucket' }] });
  });

  test('of deleted objects, and tests, are nothing', () => {
    const removed = JSON.parse(
      JSON.stringify(notificationOf([KEY])).replace('ObjectCreated:Put', 'ObjectRemoved:Delete'),
    );
    expect(believed(removed).ignored).toEqual(['not-a-new-object']);
    expect(believed({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: TRAIL.bucket }).ignored).toEqual([
      'test-event',
    ]);
  });
});

describe('anything else', () => {
  test.each([
    ['', 'not-json'],
    ['not json', 'not-json'],
    ['[]', 'not-understood'],
    ['"text"', 'not-understood'],
    ['{}', 'not-understood'],
    ['{"Records":[]}', 'not-understood'],
    ['{"Records":[null]}', 'not-understood'],
    ['{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}]}', 'not-understood'],
    ['{"Type":"Notification","Message":5}', 'not-understood'],
    ['{"Type":"SubscriptionConfirmation","Message":"…"}', 'not-understood'],
    ['{"s3Bucket":"organization-trail","s3ObjectKey":[7,null]}', 'not-understood'],
  ])('%s is doubted', (body, reason) => {
    const { records, objects, rejected: doubts } = believed(body);
    expect([...records, ...objects]).toEqual([]);
    expect(doubts).toContainEqual({ reason, detail: expect.any(String) });
  });
});
