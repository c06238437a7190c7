import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { batchAnswer } from './adapters/sqs/batch-answer';
import { ALL_SINKS } from './adapters/sinks/all-sinks';
import type { Sink, SinkContext } from './adapters/sinks/sink';
import { sendMessages } from './adapters/sqs/send-messages';
import { parseOutgoingFinding, type OutgoingFinding } from './confirming/outgoing-finding';
import { SINK_NAMES, type SinkName } from './detection/vocabulary';
import { METRICS } from './environment';
import { reasonOf } from './telemetry';

export interface PublishParts extends Omit<HandlerContext<'publish'>, 'now'>, SinkContext {
  readonly sqs: SQSClient;
}

/** A message of the batch. */
interface Entry {
  readonly messageId: string;
  readonly outgoing: OutgoingFinding;
  /** True if a sink accepted it in this invocation. */
  isDelivered: boolean;
  /** The sinks that refused it. */
  readonly refusedBy: SinkName[];
  /** The first error. */
  fault?: unknown;
}

/**
 * Delivers a batch of findings to every sink. A finding that some sinks accepted and others refused is queued again for those
 * others alone, so that no sink gets it twice. One that no sink accepted fails: SQS retries it, and finally moves it to the
 * dead-letter queue.
 */
export function publishHandler(parts: PublishParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const sinks = SINK_NAMES.flatMap((name) => {
    const sink = ALL_SINKS[name](parts);
    return sink ? [{ name, sink }] : [];
  });
  return async (event) => {
    const failed = new Map<string, unknown>();
    const entries = entriesIn(event, failed);
    for (const { name, sink } of sinks) await deliverTo(name, sink, entries, parts);
    const requeued = await requeue(entries, parts);
    for (const entry of entries)
      if (entry.refusedBy.length > 0 && !requeued.has(entry)) failed.set(entry.messageId, entry.fault);
    return batchAnswer(event, failed);
  };
}

async function deliverTo(
  name: SinkName,
  { accepts, deliver }: Sink,
  entries: readonly Entry[],
  { log, meter }: Pick<PublishParts, 'log' | 'meter'>,
): Promise<void> {
  const due = entries.filter(({ outgoing: { sinks } }) => !sinks || sinks.includes(name));
  const accepted = due.filter(({ outgoing }) => accepts(outgoing));
  const faults = await deliver(accepted.map(({ outgoing }) => outgoing));
  meter.count(METRICS.findingsPublished, accepted.length - faults.size, { sink: name });
  meter.count(METRICS.publishingFailed, faults.size, { sink: name });
  const refused = new Map([...faults].map(([at, fault]) => [accepted[at], fault]));
  for (const entry of due) {
    if (!refused.has(entry)) {
      entry.isDelivered = true;
      continue;
    }
    const fault = refused.get(entry);
    entry.fault ??= fault;
    entry.refusedBy.push(name);
    log.error('not published', { sink: name, id: entry.outgoing.finding.id, reason: reasonOf(fault) });
  }
}

/** Time for a sink that is throttling to recover. */
const PAUSE_SECONDS = 60;

/** Queues partly delivered findings for the sinks that refused them. Ends, as their number falls each time. */
async function requeue(
  entries: readonly Entry[],
  { environment: { publishingQueueUrl }, sqs, meter }: PublishParts,
): Promise<ReadonlySet<Entry>> {
  const partial = entries.filter(({ isDelivered, refusedBy }) => isDelivered && refusedBy.length > 0);
  if (publishingQueueUrl === null || partial.length === 0) return new Set();
  const messages = partial.map(({ outgoing, refusedBy: sinks }) => ({
    body: JSON.stringify({ ...outgoing, sinks }),
    delaySeconds: PAUSE_SECONDS,
  }));
  const faults = await sendMessages(sqs, publishingQueueUrl, messages);
  meter.count(METRICS.sinksRetried, partial.length - faults.size);
  return new Set(partial.filter((_, at) => !faults.has(at)));
}

/** The findings of a batch, oldest first. A message that cannot be parsed fails alone. */
function entriesIn({ Records: records }: SQSEvent, failed: Map<string, unknown>): Entry[] {
  const entries: Entry[] = [];
  for (const { messageId, body } of records) {
    try {
      entries.push({ messageId, outgoing: parseOutgoingFinding(body), isDelivered: false, refusedBy: [] });
    } catch (error) {
      failed.set(messageId, error);
    }
  }
  return entries.sort((a, b) => a.outgoing.updatedAt - b.outgoing.updatedAt);
}

export const handler = deployedHandler(
  'publish',
  (clientSettings) => ({ clientSettings, sqs: new SQSClient(clientSettings) }),
  publishHandler,
);
