import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchAnswer } from './adapters/powertools/batch-answer';
import { AWAY } from './adapters/client-settings';
import type { Faults } from './adapters/batching';
import { putFindings } from './adapters/event-bridge/put-findings';
import { powertoolsLog } from './adapters/powertools/logger';
import { powertoolsMeter } from './adapters/powertools/metrics';
import { pace } from './adapters/pace';
import { importFindings } from './adapters/security-hub/import-findings';
import { tellPeople } from './adapters/sns/tell-people';
import { sendMessages } from './adapters/sqs/send-messages';
import { METRICS, publishEnvironment, type Environment } from './environment';
import { reasonOf, type Log, type Meter } from './telemetry';
import { parseOutgoingFinding, type OutgoingFinding, type SinkName } from './confirming/outgoing-finding';

export interface PublishParts {
  readonly environment: Environment<'publish'>;
  readonly securityHub: SecurityHubClient;
  readonly eventBridge: EventBridgeClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly log: Log;
  readonly meter: Meter;
  /** Resolves when Security Hub may be called again. @default 10 calls a second, each container for itself */
  readonly pace?: () => Promise<void>;
}

interface Sink {
  readonly name: SinkName;
  readonly take: (sayings: readonly OutgoingFinding[]) => Promise<Faults>;
}

/**
 * Says a batch of findings: to Security Hub, on the EventBridge bus, and to people by SNS where there is a topic and the
 * account's mode is `live`. A finding that some of them took and others refused is sent to the queue once more, for those
 * others alone: nobody is told twice because Security Hub is off. What all refused that it was for comes again, and ends in
 * the queue's dead letters.
 */
export function publishHandler(parts: PublishParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { meter } = parts;
  const sinks = sinksOf(parts);
  const offer = async (said: readonly Said[], sink: Sink, refusals: Map<Said, Refusal>): Promise<void> => {
    const { name, take } = sink;
    const wanting = said.filter(({ saying: { sinks: left } }) => !left || left.includes(name));
    const faults = await take(wanting.map(({ saying }) => saying));
    meter.count(METRICS.findingsPublished, wanting.length - faults.size, { sink: name });
    meter.count(METRICS.publishingFailed, faults.size, { sink: name });
    for (const [at, one] of wanting.entries()) {
      if (!faults.has(at)) one.isTaken = true;
      else refuse(one, { name, fault: faults.get(at) }, refusals, parts);
    }
  };
  return async (event) => {
    try {
      const failed = new Map<string, unknown>();
      const said = sayingsIn(event, failed);
      const refusals = new Map<Said, Refusal>();
      for (const sink of sinks) await offer(said, sink, refusals);
      await sendAgain(refusals, parts);
      for (const [{ messageId }, { fault, isSentAgain }] of refusals) if (!isSentAgain) failed.set(messageId, fault);
      return await batchAnswer(event, failed);
    } finally {
      meter.flush();
    }
  };
}

function sinksOf(parts: PublishParts): Sink[] {
  const { environment, securityHub, eventBridge, sns, pace: inTurn = pace({ perSecond: 10, burst: 10 }) } = parts;
  const {
    hubAccount: account,
    hubRegion: region,
    hubPartition: partition,
    findingsBus,
    findingsTopicArn,
  } = environment;
  const hub = { client: securityHub, where: { account, region, partition }, pace: inTurn };
  const sinks: Sink[] = [
    { name: 'security-hub', take: (sayings) => importFindings(sayings, hub) },
    { name: 'event-bridge', take: (sayings) => putFindings(sayings, { client: eventBridge, bus: findingsBus }) },
  ];
  if (findingsTopicArn === null) return sinks;
  return [
    ...sinks,
    { name: 'sns', take: (sayings) => tellPeople(sayings, { client: sns, topicArn: findingsTopicArn }) },
  ];
}

interface Said {
  readonly messageId: string;
  readonly saying: OutgoingFinding;
  /** Whether a sink took it now. */
  isTaken: boolean;
}

interface Refusal {
  readonly sinks: SinkName[];
  readonly fault: unknown;
  isSentAgain: boolean;
}

function refuse(
  one: Said,
  { name, fault }: { readonly name: SinkName; readonly fault: unknown },
  refusals: Map<Said, Refusal>,
  { log }: Pick<PublishParts, 'log'>,
): void {
  log.error('not published', { sink: name, id: one.saying.finding.id, reason: reasonOf(fault) });
  const known = refusals.get(one);
  if (known) known.sinks.push(name);
  else refusals.set(one, { sinks: [name], fault, isSentAgain: false });
}

/** By then what was only busy has time again. */
const PAUSE_SECONDS = 60;

/** Each such message is for fewer sinks than the last, so that there is an end to it. What cannot be sent comes again whole. */
async function sendAgain(
  refusals: ReadonlyMap<Said, Refusal>,
  { environment: { publishingQueueUrl }, sqs, meter }: PublishParts,
): Promise<void> {
  const parted = [...refusals].filter(([{ isTaken }]) => isTaken);
  if (publishingQueueUrl === null || parted.length === 0) return;
  const messages = parted.map(([{ saying }, { sinks }]) => ({
    body: JSON.stringify({ ...saying, sinks }),
    delaySeconds: PAUSE_SECONDS,
  }));
  const faults = await sendMessages(sqs, publishingQueueUrl, messages);
  for (const [at, [, refusal]] of parted.entries()) refusal.isSentAgain = !faults.has(at);
  meter.count(METRICS.sinksRetried, parted.length - faults.size);
}

/** In the order they were said in; what is no saying fails alone. */
function sayingsIn({ Records: records }: SQSEvent, failed: Map<string, unknown>): Said[] {
  const said: Said[] = [];
  for (const { messageId, body } of records) {
    try {
      said.push({ messageId, saying: parseOutgoingFinding(body), isTaken: false });
    } catch (error) {
      failed.set(messageId, error);
    }
  }
  return said.sort((a, b) => a.saying.updatedAt - b.saying.updatedAt);
}

let deployed: ((event: SQSEvent) => Promise<SQSBatchResponse>) | undefined;

export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  deployed ??= publishHandler({
    environment: publishEnvironment(process.env),
    securityHub: new SecurityHubClient(AWAY),
    eventBridge: new EventBridgeClient(AWAY),
    sns: new SNSClient(AWAY),
    sqs: new SQSClient(AWAY),
    log: powertoolsLog(),
    meter: powertoolsMeter('publish'),
  });
  return deployed(event);
};
