import { findingRecord } from '../../lambda/detection/findings/techniques';
import { findingSchema } from '../../lambda/store/finding-schema';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { pace } from '../../lambda/adapters/pace';
import { withinSize } from '../../lambda/adapters/sqs/publishing-queue';
import type { Finding } from '../../lambda/detection/model/finding';
import type { Delivery } from '../../lambda/confirming/reconcile-findings';
import type { OutgoingFinding } from '../../lambda/confirming/outgoing-finding';
import type { TopicFormat } from '../../lambda/detection/vocabulary';
import { publishHandler } from '../../lambda/publish';
import { allScenarios, detectIn, factsOf } from '../scenario';
import { startWireServer, type WireServer } from '../wire-server/wire-server';

const HUB = '999988887777';
const REGION = 'eu-central-1';
const AT = Date.parse('2026-09-01T12:00:00Z');
const LIVE: Delivery = { mode: 'live', reach: 'live', groupId: null, wasUngrouped: false, lastPublished: null };
const FINDING = findingOf('theft/stolen-key-used-from-attackers-ec2');

let wire: WireServer;
let sqs: SQSClient;
let queueUrl: string;
let topic: string;
let errors: string[];

beforeEach(async () => {
  wire = await startWireServer({ account: HUB, region: REGION, rates: {} });
  topic = wire.sns.createTopic('findings', { account: HUB, region: REGION });
  sqs = new SQSClient(wire.clientConfig());
  queueUrl = wire.sqs.createQueue('publish', { account: HUB, region: REGION });
  errors = [];
});

afterEach(async () => {
  sqs.destroy();
  await wire.close();
});

/** Gives the places of the sayings that come again; all of them where the handler throws. */
async function publish(
  sayings: readonly (Partial<OutgoingFinding> | string)[],
  findingsTopicArn: string | null = topic,
  publishingQueueUrl: string | null = null,
  findingsTopicFormat: TopicFormat = 'text',
): Promise<number[]> {
  const environment = {
    hubAccount: HUB,
    hubRegion: REGION,
    hubPartition: 'aws',
    findingsBus: 'default',
    findingsTopicArn,
    findingsTopicFormat,
    publishingQueueUrl,
  };
  const log = {
    info: () => {},
    warn: () => {},
    error: (_message: string, details = {}) => void errors.push(JSON.stringify(details)),
  };
  const meter = { count: () => {}, milliseconds: () => {}, flush: () => {} };
  const handler = publishHandler({
    sqs,
    clientSettings: wire.clientConfig(),
    environment,
    log,
    meter,
    pace: () => Promise.resolve(),
  });
  const records = sayings.map((saying, at) => ({
    messageId: String(at),
    body: typeof saying === 'string' ? saying : bodyOf(saying),
  }));
  const answer = await handler({ Records: records as SQSRecord[] }).catch((): SQSBatchResponse => ({
    batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })),
  }));
  return answer.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
}

function bodyOf(saying: Partial<OutgoingFinding>): string {
  const { finding = FINDING, updatedAt = AT, delivery = LIVE } = saying;
  return JSON.stringify({ finding, updatedAt, delivery, runbookUrl: 'https://example.com/runbook' });
}

function findings(count: number): Partial<OutgoingFinding>[] {
  return Array.from({ length: count }, (_, at) => ({ finding: { ...FINDING, id: `${FINDING.id}/${at}` } }));
}

function calls(operation: string): number {
  return wire.requests.filter((request) => request.operation === operation).length;
}

/** In the order of the stored finding. */
const EVENT_DETAIL = findingRecord(findingSchema.parse(JSON.parse(JSON.stringify(FINDING))));

describe('publish', () => {
  test('brings a finding to Security Hub, EventBridge and SNS', async () => {
    expect(await publish([{}])).toEqual([]);
    expect(wire.securityHub.findings).toMatchObject([
      { Id: FINDING.id, AwsAccountId: HUB, RecordState: 'ACTIVE', UpdatedAt: '2026-09-01T12:00:00.000Z' },
    ]);
    expect(wire.eventBridge.events).toMatchObject([
      {
        source: 'credlock',
        detailType: 'credlock Finding',
        detail: JSON.stringify(EVENT_DETAIL),
        time: '2026-09-01T12:00:00.000Z',
      },
    ]);
    const [message] = wire.sns.messages;
    expect(message?.message).toContain(FINDING.description);
    expect(message?.attributes).toMatchObject({
      severity: { StringValue: 'HIGH' },
      type: { StringValue: 'InsideAWS' },
    });
  });

  test('imports a hundred findings a call and puts ten events', async () => {
    expect(await publish(findings(101), null)).toEqual([]);
    expect(wire.securityHub.findings).toHaveLength(101);
    expect(calls('BatchImportFindings')).toBe(2);
    expect(wire.eventBridge.events).toHaveLength(101);
    expect(calls('PutEvents')).toBe(11);
  });

  test('offers a finding that Security Hub refused once more', async () => {
    wire.fail(
      { operation: 'BatchImportFindings' },
      { kind: 'entries', which: (_entry, at) => at === 1, code: 'InternalError' },
    );
    expect(await publish(findings(3))).toEqual([]);
    expect(wire.securityHub.findings).toHaveLength(3);
    expect(calls('BatchImportFindings')).toBe(2);
  });

  test('has a finding retried that Security Hub goes on refusing, and only that', async () => {
    const [good = {}, other = {}] = findings(2);
    const bad = { finding: { ...FINDING, id: `${FINDING.id}/bad`, firstSeen: 'yesterday' } };
    expect(await publish([good, bad, other])).toEqual([1]);
    expect(wire.securityHub.findings.map(({ Id }) => Id)).toEqual([`${FINDING.id}/0`, `${FINDING.id}/1`]);
    expect(errors).toEqual([expect.stringContaining('CreatedAt')]);
  });

  test('has all retried where Security Hub is off or out of reach', async () => {
    wire.securityHub.disable(HUB, REGION);
    expect(await publish(findings(2))).toEqual([0, 1]);
  });

  test('has events retried that EventBridge refused, and only those', async () => {
    wire.fail(
      { operation: 'PutEvents' },
      { kind: 'entries', which: (_entry, at) => at === 2, code: 'ThrottlingException' },
    );
    expect(await publish(findings(12))).toEqual([2]);
    expect(wire.eventBridge.events).toHaveLength(11);
  });

  test('has a finding retried that SNS refused', async () => {
    wire.fail({ operation: 'Publish' }, { kind: 'throttle' });
    expect(await publish(findings(2))).toEqual([0]);
    expect(wire.sns.messages).toHaveLength(1);
  });

  test('fails what is no finding alone', async () => {
    expect(await publish(['not json', '{}', {}, { updatedAt: 1e300 }])).toEqual([0, 1, 3]);
    expect(wire.securityHub.findings).toHaveLength(1);
  });

  test('delivers a finding twice without harm, and an old state never overwrites a later one', async () => {
    const archived: Finding = { ...FINDING, status: 'ARCHIVED', archivedBecause: 'explained' };
    const withdrawn = {
      finding: archived,
      updatedAt: AT + 1,
      delivery: {
        ...LIVE,
        wasUngrouped: true,
        lastPublished: {
          type: FINDING.type,
          severity: FINDING.severity,
          status: 'ACTIVE' as const,
          mode: 'live' as const,
        },
      },
    };
    expect(await publish([withdrawn, {}])).toEqual([]);
    expect(wire.securityHub.findings.map(({ RecordState }) => RecordState)).toEqual(['ARCHIVED']);
    expect(wire.eventBridge.events.map(({ detail }) => (JSON.parse(detail) as Finding).status)).toEqual([
      'ACTIVE',
      'ARCHIVED',
    ]);
    expect(await publish([{}])).toEqual([]);
    expect(wire.securityHub.findings.map(({ RecordState }) => RecordState)).toEqual(['ARCHIVED']);
  });
});

describe('what one sink refused', () => {
  const offered = () =>
    [wire.securityHub.findings, wire.eventBridge.events, wire.sns.messages].map((all) => all.length);
  let seen = 0;
  beforeEach(() => {
    seen = 0;
  });
  /** What was sent to the queue since it was last asked. */
  function again(): string[] {
    const bodies = wire.sqs.queue(queueUrl).messages.map(({ body }) => body);
    const fresh = bodies.slice(seen);
    seen = bodies.length;
    return fresh;
  }

  test('is sent again for that sink alone, however often it refuses: no sink gets it twice', async () => {
    wire.securityHub.disable(HUB, REGION);
    expect(await publish([{}], topic, queueUrl)).toEqual([]);
    const [left = ''] = again();
    expect(JSON.parse(left)).toMatchObject({ finding: { id: FINDING.id }, sinks: ['security-hub'] });
    for (let receipt = 0; receipt < 3; receipt += 1) expect(await publish([left], topic, queueUrl)).toEqual([0]);
    expect([...offered(), ...again()]).toEqual([0, 1, 1]);
    wire.securityHub.enable(HUB, REGION);
    expect(await publish([left], topic, queueUrl)).toEqual([]);
    expect([...offered(), ...again()]).toEqual([1, 1, 1]);
  });

  test('of two is sent again for both, and parts from them one by one', async () => {
    wire.securityHub.disable(HUB, REGION);
    const fault = wire.fail({ operation: 'Publish' }, { kind: 'throttle', times: 1 });
    expect(await publish(findings(1), topic, queueUrl)).toEqual([]);
    const [both = ''] = again();
    expect([fault.hits, JSON.parse(both)]).toMatchObject([1, { sinks: ['security-hub', 'sns'] }]);
    expect(await publish([both], topic, queueUrl)).toEqual([]);
    const [one = ''] = again();
    expect(JSON.parse(one)).toMatchObject({ sinks: ['security-hub'] });
    expect(offered()).toEqual([0, 1, 1]);
  });

  test('is retried whole where the queue cannot be reached, and others are done', async () => {
    wire.fail(
      { operation: 'PutEvents' },
      { kind: 'entries', which: (_entry, at) => at === 1, code: 'ThrottlingException' },
    );
    wire.fail({ service: 'sqs' }, { kind: 'throttle' });
    expect(await publish(findings(3), topic, queueUrl)).toEqual([1]);
    expect(again()).toEqual([]);
  });

  test('and all other sinks too is retried by itself', async () => {
    wire.securityHub.disable(HUB, REGION);
    wire.fail({ operation: 'PutEvents' }, { kind: 'throttle' });
    expect(await publish([{}], null, queueUrl)).toEqual([0]);
    expect(again()).toEqual([]);
  });
});

describe('a member of a group', () => {
  test('that was never imported alone is left to the group', async () => {
    expect(await publish([{ delivery: { ...LIVE, groupId: 'the-group' } }])).toEqual([]);
    expect(wire.securityHub.imports).toEqual([]);
    expect(wire.eventBridge.events).toHaveLength(1);
    expect(wire.sns.messages).toEqual([]);
  });

  test('that was imported alone ends there, and names the group it is reported in', async () => {
    await publish([{}]);
    expect(
      await publish([{ updatedAt: AT + 1, delivery: { ...LIVE, groupId: 'the-group', wasUngrouped: true } }]),
    ).toEqual([]);
    expect(wire.securityHub.findings).toMatchObject([
      { RecordState: 'ARCHIVED', Description: expect.stringContaining('reported as part of the-group') },
    ]);
  });
});

describe('people', () => {
  const told = { type: FINDING.type, severity: FINDING.severity, status: 'ACTIVE', mode: 'live' } as const;

  test.each([
    ['of a new finding', FINDING, LIVE, 1],
    ['of nothing without a topic', FINDING, { ...LIVE, mode: 'report' as const }, 0],
    ['not of an update', FINDING, { ...LIVE, lastPublished: told }, 0],
    ['of a higher severity', FINDING, { ...LIVE, lastPublished: { ...told, severity: 'MEDIUM' as const } }, 1],
    ['of another type', FINDING, { ...LIVE, lastPublished: { ...told, type: 'UnknownOwner' as const } }, 1],
    ['of one that comes back', FINDING, { ...LIVE, lastPublished: { ...told, status: 'ARCHIVED' as const } }, 1],
    [
      'of one they were not told of before',
      FINDING,
      { ...LIVE, lastPublished: { ...told, mode: 'report' as const } },
      1,
    ],
    ['of a withdrawal', { ...FINDING, status: 'ARCHIVED' as const }, { ...LIVE, lastPublished: told }, 1],
    ['not of a withdrawal of what they never heard of', { ...FINDING, status: 'ARCHIVED' as const }, LIVE, 0],
  ])('are notified %s', async (_what, finding, delivery, times) => {
    expect(await publish([{ finding, delivery }])).toEqual([]);
    expect(wire.sns.messages).toHaveLength(times);
  });

  test('get a subject SNS takes, whatever the finding names', async () => {
    const [workload] = [FINDING.workload];
    const odd = { ...FINDING, workload: workload && { ...workload, id: `päy\nments-${'x'.repeat(200)}` } };
    expect(await publish([{ finding: odd }])).toEqual([]);
    const [message] = wire.sns.messages;
    expect(message?.subject).toHaveLength(100);
    expect(message?.subject).toMatch(/^credlock HIGH InsideAWS: p\?y ments-x+\.\.\.$/);
  });

  test('get a text with the evidence, what was ruled out, what to do, and the runbook', async () => {
    await publish([{}]);
    const text = wire.sns.messages[0]?.message ?? '';
    for (const part of [
      FINDING.title,
      'Evidence:',
      'Ruled out:',
      'What to do:',
      'https://example.com/runbook#insideaws',
      FINDING.id,
    ])
      expect(text).toContain(part);
    for (const line of [...FINDING.evidence, ...FINDING.advice]) expect(text).toContain(line);
  });

  test('are custom notifications of Amazon Q Developer where the topic is set to it, and mention no channel', async () => {
    const title = 'Credentials of <!here> & co';
    expect(await publish([{ finding: { ...FINDING, title } }], topic, null, 'amazon-q')).toEqual([]);
    const notification = JSON.parse(wire.sns.messages[0]?.message ?? '') as Record<string, Record<string, unknown>>;
    expect(notification).toMatchObject({
      version: '1.0',
      source: 'custom',
      id: FINDING.id,
      content: { textType: 'client-markdown', nextSteps: FINDING.advice },
      metadata: { threadId: FINDING.id },
    });
    expect(notification['content']?.['title']).toMatch(/^credlock HIGH InsideAWS: /);
    expect(notification['content']?.['description']).toContain('Credentials of &lt;!here&gt; &amp; co');
    expect(JSON.stringify(notification)).not.toContain('<');
  });
});

describe('a finding too large for EventBridge', () => {
  const event = FINDING.events[0]!;
  const large = {
    ...FINDING,
    events: Array.from({ length: 200 }, (_, at) => ({ ...event, id: `${at}`, userAgent: 'ü'.repeat(1_000) })),
  };

  test('keeps as many of its events as there is room for, the earliest', () => {
    const cut = withinSize(large);
    expect(Buffer.byteLength(JSON.stringify(cut), 'utf8')).toBeLessThanOrEqual(240_000);
    expect(cut.events.length).toBeGreaterThan(100);
    expect(cut.events).toEqual(large.events.slice(0, cut.events.length));
    expect({ ...cut, events: [] }).toEqual({ ...large, events: [] });
  });

  test('and others stay as they are', () => {
    expect(withinSize(FINDING)).toBe(FINDING);
  });
});

describe('the pace of Security Hub', () => {
  test('is ten calls at once and ten a second from then on', async () => {
    let now = 0;
    const waits: number[] = [];
    const next = pace({
      perSecond: 10,
      burst: 10,
      now: () => now,
      pause: (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
        return Promise.resolve();
      },
    });
    for (let call = 0; call < 13; call += 1) await next();
    expect(waits).toEqual([100, 100, 100]);
    now += 10_000;
    for (let call = 0; call < 11; call += 1) await next();
    expect(waits).toEqual([100, 100, 100, 100]);
  });
});

function findingOf(name: string): Finding {
  const scenario = allScenarios().find((one) => one.name === name);
  const [finding] = scenario ? detectIn(scenario, factsOf(scenario.records)).findings : [];
  if (!finding) throw new Error(`${name} has no finding`);
  return finding;
}
