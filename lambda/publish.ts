import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchAnswer } from './adapters/batch-answer';
import { AWAY } from './adapters/client-settings';
import type { Faults } from './adapters/coalesced';
import { putFindings } from './adapters/event-bridge/put-findings';
import { powertoolsLog } from './adapters/logger';
import { powertoolsMeter } from './adapters/metrics';
import { pace } from './adapters/pace';
import { importFindings } from './adapters/security-hub/import-findings';
import { tellPeople } from './adapters/sns/tell-people';
import { METRICS, publishEnvironment, type Environment } from './environment';
import { reasonOf, type Log, type Meter } from './live/journal';
import { readSaying, type Saying } from './live/saying';

export interface PublishParts {
  readonly environment: Environment<'publish'>;
  readonly securityHub: SecurityHubClient;
  readonly eventBridge: EventBridgeClient;
  readonly sns: SNSClient;
  readonly log: Log;
  readonly meter: Meter;
  /** Resolves when Security Hub may be called again. @default 10 calls a second, each container for itself */
  readonly pace?: () => Promise<void>;
}

interface Sink {
  readonly name: string;
  readonly take: (sayings: readonly Saying[]) => Promise<Faults>;
}

/**
 * Says a batch of findings: to Security Hub, on the EventBridge bus, and to people by SNS where there is a topic and the
 * account's mode is `live`. A finding that any of them refused comes again, and ends in the queue's dead letters.
 */
export function publishHandler(parts: PublishParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { log, meter } = parts;
  const sinks = sinksOf(parts);
  return async (event) => {
    try {
      const failed = new Map<string, unknown>();
      const said = sayingsIn(event, failed);
      for (const { name, take } of sinks) {
        const faults = await take(said.map(({ saying }) => saying));
        meter.count(METRICS.findingsPublished, said.length - faults.size, { sink: name });
        meter.count(METRICS.publishingFailed, faults.size, { sink: name });
        for (const [at, fault] of faults) {
          const one = said[at];
          if (!one) continue;
          failed.set(one.messageId, fault);
          log.error('not published', { sink: name, id: one.saying.finding.id, reason: reasonOf(fault) });
        }
      }
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
  return [
    { name: 'security-hub', take: (sayings) => importFindings(sayings, hub) },
    { name: 'event-bridge', take: (sayings) => putFindings(sayings, { client: eventBridge, bus: findingsBus }) },
    ...(findingsTopicArn === null
      ? []
      : [
          {
            name: 'sns',
            take: (sayings: readonly Saying[]) => tellPeople(sayings, { client: sns, topicArn: findingsTopicArn }),
          },
        ]),
  ];
}

interface Said {
  readonly messageId: string;
  readonly saying: Saying;
}

/** In the order they were said in; what is no saying fails alone. */
function sayingsIn({ Records: records }: SQSEvent, failed: Map<string, unknown>): Said[] {
  const said: Said[] = [];
  for (const { messageId, body } of records) {
    try {
      said.push({ messageId, saying: readSaying(body) });
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
    log: powertoolsLog(),
    meter: powertoolsMeter('publish'),
  });
  return deployed(event);
};
