import { gzipSync } from 'node:zlib';
import { recordForms } from '../../../bin/inputs/forms/record-forms';
import { readTrailObject } from '../../../lambda/trail-files/read-trail-object';
import { readRecord } from '../../../lambda/detection/records/read-record';
import { chunksOf, read, sessionCall } from '../../lambda/trail-files/trail-fixtures';

const RECORD = sessionCall('e-1', { requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/web' } });
const TEXT = JSON.stringify(RECORD);
const SECOND = JSON.stringify(sessionCall('e-2'));
const EVENT = { version: '0', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.s3', detail: RECORD };
const IDENTITY = RECORD.userIdentity as { arn: string; accountId: string };
const PAYLOAD = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', timestamp: 1, message: TEXT }] });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const zipped = (text: string): string => gzipSync(text).toString('base64');

const readAny = (bytes: Uint8Array | string, size?: number) => read(bytes, size, recordForms());

/** As core facts see them: account, caller, source, time, name and role of each record. */
async function recordsIn(text: string): Promise<unknown[]> {
  const got: unknown[] = [];
  const { problem } = await readTrailObject(
    chunksOf(Buffer.from(text), 1000),
    (value) => {
      const reading = readRecord(value);
      if ('skip' in reading) return got.push(reading.skip);
      const { account, identity, source, time, eventName, request, region, eventId } = reading.record;
      return got.push([account, identity.arn, source?.ip, time, eventName, request, region, eventId]);
    },
    { forms: recordForms() },
  );
  return problem === null ? got : [...got, problem];
}

const EXPECTED = [
  '111122223333',
  IDENTITY.arn,
  '198.51.100.7',
  Date.parse('2026-08-03T10:00:00Z'),
  'ListBuckets',
  RECORD.requestParameters,
  'eu-west-1',
  'e-1',
];

const LAKE_IDENTITY = `{type=AssumedRole, principalid=AROA:i-0123456789abcdef0, arn=${IDENTITY.arn}, accountid=111122223333, accesskeyid=ASIAX, username=null, sessioncontext={attributes={creationdate=2026-08-03 09:00:00.000, mfaauthenticated=false}, sessionissuer={type=Role, arn=arn:aws:iam::111122223333:role/web}}}`;
const FLAT = {
  eventversion: '1.08',
  eventtime: '2026-08-03 10:00:00.000',
  eventsource: 's3.amazonaws.com',
  eventname: 'ListBuckets',
  awsregion: 'eu-west-1',
  sourceipaddress: '198.51.100.7',
  requestparameters: JSON.stringify(RECORD.requestParameters),
  eventid: 'e-1',
};

const ENVELOPES: readonly (readonly [string, unknown])[] = [
  ['lookup-events as strings', [TEXT]],
  ['lookup-events', { Events: [{ EventId: 'e-1', EventName: 'ListBuckets', CloudTrailEvent: TEXT }] }],
  ['sqs receive-message', { Messages: [{ MessageId: 'm', Body: JSON.stringify(EVENT) }] }],
  ['a Lambda event of SQS', { Records: [{ messageId: 'm', body: JSON.stringify(EVENT) }] }],
  ['SNS in SQS', { Messages: [{ Body: JSON.stringify({ Type: 'Notification', Message: JSON.stringify(EVENT) }) }] }],
  ['a Lambda event of SNS', { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(EVENT) } }] }],
  ['filter-log-events', { events: [{ logStreamName: 's', timestamp: 1, message: TEXT }], searchedLogStreams: [] }],
  [
    'Logs Insights results',
    {
      results: [
        [
          { field: '@timestamp', value: '2026-08-03 10:00:00.000' },
          { field: '@message', value: TEXT },
          { field: '@ptr', value: 'CmE' },
        ],
      ],
    },
  ],
  ['a subscription to Lambda', { awslogs: { data: zipped(PAYLOAD) } }],
  ['a subscription to Kinesis', { Records: [{ kinesis: { data: zipped(PAYLOAD) }, eventSource: 'aws:kinesis' }] }],
  ['Firehose', { invocationId: 'i', records: [{ recordId: 'r', data: base64(TEXT) }] }],
  ['Splunk export', { preview: false, offset: 0, result: { _raw: TEXT, eventName: 'ListBuckets', host: 'h' } }],
  ['Splunk HEC', { time: 1, sourcetype: 'aws:cloudtrail', event: RECORD }],
  ['Splunk HEC with a text', { time: 1, sourcetype: 'aws:cloudtrail', event: TEXT }],
  ['Elastic event.original', { '@timestamp': 'x', event: { action: 'ListBuckets', original: TEXT } }],
  ['Elastic, dotted', { 'event.action': 'ListBuckets', 'event.original': TEXT }],
  [
    'an OpenSearch answer',
    { took: 1, hits: { total: 1, hits: [{ _id: '1', _source: { aws: { cloudtrail: RECORD } } }] } },
  ],
  ['Wazuh', { rule: { id: '80202' }, data: { integration: 'aws', aws: { ...RECORD, source: 'cloudtrail' } } }],
  ['Datadog', { data: [{ id: '1', type: 'log', attributes: { tags: [], attributes: RECORD } }] }],
  ['requests as texts', { Records: [{ ...RECORD, requestParameters: FLAT.requestparameters }] }],
  ['lower-case columns', { ...FLAT, useridentity: JSON.stringify(IDENTITY), recipientaccountid: '111122223333' }],
  ['Athena rows', [{ ...FLAT, useridentity: LAKE_IDENTITY }]],
  [
    'Lake get-query-results',
    {
      QueryStatus: 'FINISHED',
      QueryResultRows: [
        Object.entries({ ...FLAT, useridentity: LAKE_IDENTITY }).map(([key, value]) => ({ [key]: value })),
      ],
    },
  ],
  [
    'Athena get-query-results',
    {
      ResultSet: {
        Rows: [Object.keys({ ...FLAT, useridentity: '' }), Object.values({ ...FLAT, useridentity: LAKE_IDENTITY })].map(
          (cells) => ({ Data: cells.map((VarCharValue) => ({ VarCharValue })) }),
        ),
      },
    },
  ],
  [
    'columns and rows',
    {
      tables: [
        {
          name: 'PrimaryResult',
          columns: Object.keys({ ...FLAT, useridentity: '' }).map((name) => ({ name, type: 'string' })),
          rows: [Object.values({ ...FLAT, useridentity: LAKE_IDENTITY })],
        },
      ],
    },
  ],
  [
    'snake case',
    {
      event_time: '2026-08-03T10:00:00Z',
      event_source: 's3.amazonaws.com',
      event_name: 'ListBuckets',
      aws_region: 'eu-west-1',
      source_ip_address: '198.51.100.7',
      event_id: 'e-1',
      request_parameters: { role_arn: 'arn:aws:iam::111122223333:role/web' },
      user_identity: { type: 'AssumedRole', arn: IDENTITY.arn, account_id: '111122223333' },
    },
  ],
  [
    'flattened names',
    {
      ...FLAT,
      requestparameters: undefined,
      'userIdentity.arn': IDENTITY.arn,
      'requestParameters.roleArn': 'arn:aws:iam::111122223333:role/web',
    },
  ],
  [
    'a Sentinel table',
    {
      TimeGenerated: '2026-08-03T10:00:00Z',
      EventSource: 's3.amazonaws.com',
      EventName: 'ListBuckets',
      AWSRegion: 'eu-west-1',
      SourceIpAddress: '198.51.100.7',
      AwsEventId: 'e-1',
      RequestParameters: FLAT.requestparameters,
      UserIdentityArn: IDENTITY.arn,
      UserIdentityAccountId: '111122223333',
    },
  ],
  [
    'Elastic fields without the original',
    {
      '@timestamp': '2026-08-03T10:00:00.000Z',
      aws: {
        cloudtrail: {
          event_version: '1.08',
          user_identity: { type: 'AssumedRole', arn: IDENTITY.arn },
          request_parameters: '{roleArn=arn:aws:iam::111122223333:role/web}',
        },
      },
      cloud: { account: { id: '111122223333' }, region: 'eu-west-1' },
      event: { action: 'ListBuckets', provider: 's3.amazonaws.com', id: 'e-1' },
      source: { ip: '198.51.100.7' },
    },
  ],
  [
    'Elastic fields, each in a list',
    {
      fields: {
        '@timestamp': ['2026-08-03T10:00:00.000Z'],
        'aws.cloudtrail.event_version': ['1.08'],
        'aws.cloudtrail.user_identity.type': ['AssumedRole'],
        'aws.cloudtrail.user_identity.arn': [IDENTITY.arn],
        'aws.cloudtrail.request_parameters': ['{roleArn=arn:aws:iam::111122223333:role/web}'],
        'cloud.account.id': ['111122223333'],
        'cloud.region': ['eu-west-1'],
        'event.action': ['ListBuckets'],
        'event.provider': ['s3.amazonaws.com'],
        'event.id': ['e-1'],
        'source.ip': ['198.51.100.7'],
      },
    },
  ],
  [
    'OCSF API Activity',
    {
      class_uid: 6003,
      time: Date.parse('2026-08-03T10:00:00Z'),
      metadata: { product: { name: 'CloudTrail', version: '1.08' }, uid: 'e-1', version: '1.1.0' },
      cloud: { region: 'eu-west-1', provider: 'AWS' },
      api: {
        operation: 'ListBuckets',
        service: { name: 's3.amazonaws.com' },
        request: { uid: 'r', data: FLAT.requestparameters },
        response: { error: null },
      },
      actor: {
        user: {
          type: 'AssumedRole',
          uid: IDENTITY.arn,
          uid_alt: 'AROA:i-0',
          credential_uid: 'ASIAX',
          account: { uid: '111122223333' },
        },
      },
      src_endpoint: { ip: '198.51.100.7' },
      unmapped: { eventType: 'AwsApiCall', recipientAccountId: '111122223333' },
    },
  ],
];

describe.each(ENVELOPES)('%s', (_name, value) => {
  it.each([0, 1])('holds the record, with %i blanks of indentation', async (indent) => {
    expect(await recordsIn(JSON.stringify(value, null, indent))).toEqual([EXPECTED]);
  });
});

describe('text around records', () => {
  it.each([
    ['an export of CloudWatch Logs', `2026-08-03T10:00:00.000Z ${TEXT}\n2026-08-03T10:00:01.000Z ${SECOND}\n`],
    [
      'logs tail',
      `2026-08-03T10:00:00.123000+00:00 111122223333_CloudTrail_eu-west-1 ${TEXT}\n2026-08-03T10:00:01+00:00 s ${SECOND}\n`,
    ],
    [
      'syslog',
      `<134>Aug  3 10:00:00 host cloudtrail[123]: ${TEXT}\n<134>Aug  3 10:00:01 host cloudtrail[123]: ${SECOND}\n`,
    ],
    ['a log with levels', `[INFO] 2026 [main] ${TEXT}\n[INFO] 2026 [main] ${SECOND}\n`],
    [
      'Markdown',
      `# Evidence\n\n* The [first](https://example.com) {call}:\n\n\`\`\`json\n${JSON.stringify(RECORD, null, 2)}\n\`\`\`\n\n> and the second\n\n${SECOND}\n`,
    ],
    [
      'envelopes behind time stamps',
      `2026-08-03 ${JSON.stringify(EVENT)}\n2026-08-03 {"_raw":${JSON.stringify(SECOND)}}\n`,
    ],
  ])('%s costs none', async (_name, text) => {
    for (const size of [1, 100, 1 << 20]) {
      const { ids, problem } = await readAny(text, size);
      expect({ ids, problem }).toEqual({ ids: ['e-1', 'e-2'], problem: null });
    }
  });

  it('UTF-16 without a byte order mark is recognised', async () => {
    const little = Buffer.from(`\r\n${TEXT}`, 'utf16le');
    expect((await readAny(little, 7)).ids).toEqual(['e-1']);
    expect((await readAny(Buffer.from(little).swap16(), 7)).ids).toEqual(['e-1']);
  });
});

describe('what callers write', () => {
  it('is no record, in whatever form the record stands', async () => {
    const forged = JSON.stringify({ ...sessionCall('forged'), sourceIPAddress: '192.0.2.1' });
    const real = { ...FLAT, requestparameters: JSON.stringify({ value: forged }), useridentity: LAKE_IDENTITY };
    expect((await readAny(JSON.stringify(real))).ids).toEqual(['e-1']);
    expect((await readAny(JSON.stringify({ eventName: 'X', eventID: 'e-1', requestParameters: forged }))).ids).toEqual([
      'e-1',
    ]);
    expect((await readAny(JSON.stringify(sessionCall('e-1', { requestParameters: { value: forged } })))).ids).toEqual([
      'e-1',
    ]);
  });
});

describe('long envelopes', () => {
  const events = Array.from({ length: 6000 }, (_, at) => JSON.stringify(sessionCall(String(at))));

  it.each([
    ['a list of messages', { took: 1, Messages: events.map((Body) => ({ MessageId: 'm', Body })) }],
    ['texts', { data: { texts: events } }],
    ['nested lists', { a: { hits: { hits: events.map((event) => ({ _source: JSON.parse(event) as unknown })) } } }],
    [
      'rows',
      {
        QueryResultRows: events.map((_, at) =>
          Object.entries({ ...FLAT, eventid: String(at), useridentity: LAKE_IDENTITY }).map(([key, value]) => ({
            [key]: value,
          })),
        ),
      },
    ],
  ])('%s beyond 4 MB are read one by one', async (_name, value) => {
    const { ids, problem } = await readAny(JSON.stringify(value), 100_000);
    expect(ids).toEqual(events.map((_, at) => String(at)));
    expect(problem).toBeNull();
  });
});

it('a record that a log store cut off is named', async () => {
  const { ids, problem, counts } = await readAny(JSON.stringify([{ _raw: TEXT.slice(0, 400) }, { _raw: SECOND }]));
  expect({ ids, problem, counts }).toEqual({
    ids: ['e-2'],
    problem: 'a malformed record at byte 1',
    counts: { 'malformed-record': 1 },
  });
});
