import { readTrailObject } from '../trail-files/read-trail-object';
import type { Deployed } from '../detection/tampering/act';
import { parseEnvelope, type ParsedEnvelope, type TrailObject, type TrailPlace } from './message-envelope';
import { METRICS } from '../environment';
import { reasonOf, type Log, type Meter } from '../telemetry';
import type { Heartbeats } from '../store/heartbeats';
import { LogFileRecords, type FastReading } from './log-file-records';
import { observeRecords, type ObserveResult, type RecordGroup } from './observe-records';
import type { ObserveContext } from './observing-context';
import { PausingStream } from './pausing-stream';
import type { Quarantine, QuarantineReason } from './quarantine';
import { withoutSecrets } from './redact-secrets';
import type { RepeatCounts } from './repeated-calls';

/** A message of the queue. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
  /** As SQS gives them. `verdicts` = `off`: its facts are stored and no confirmation is requested. */
  readonly messageAttributes?: Readonly<Record<string, { readonly stringValue?: string | undefined } | undefined>>;
}

export interface MessageContext extends ObserveContext {
  readonly trail: TrailPlace | null;
  /** The account whose simulated records are accepted. */
  readonly hubAccount: string;
  /** Context in which simulated records are observed. */
  readonly samples: ObserveContext;
  /** The bytes of a log file. Throws `UnreadableObject` if a retry is of no use. */
  readonly open: (object: TrailObject) => Promise<AsyncIterable<Uint8Array>>;
  readonly quarantine: Quarantine;
  /**
   * Forwards records of tampering with the detector found in log files; resolves once sent.
   *
   * @default not forwarded: event rules deliver them
   */
  readonly forwardTampering?: ((records: readonly unknown[]) => Promise<void>) | undefined;
  readonly deployed: Deployed;
  readonly heartbeats: Heartbeats;
  /** Null where log files are read by the ordinary path alone. */
  readonly fast: FastReading | null;
  readonly log: Log;
  readonly meter: Meter;
}

/** A log file that no retry can read. */
export class UnreadableObject extends Error {
  override readonly name = 'UnreadableObject';

  constructor(
    readonly reason: QuarantineReason,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** Records of a log file that are stored and judged together: memory does not grow with the file. */
const MOST_RECORDS = 1_000;

/**
 * Observes the records of messages. Rejected or unreadable parts are quarantined, the rest is observed. Returns the ids of
 * the messages to retry, with the reason; their finished parts are cached.
 */
export async function observeMessages(
  messages: readonly Message[],
  watch: MessageContext,
): Promise<ReadonlyMap<string, unknown>> {
  const recordOnly = messages.filter(isRecordOnly);
  if (recordOnly.length === 0) return observeAlike(messages, watch);
  const judged = messages.filter((message) => !isRecordOnly(message));
  const failed = await observeAlike(judged, watch);
  return new Map([...failed, ...(await observeAlike(recordOnly, { ...watch, recordOnly: true }))]);
}

function isRecordOnly({ messageAttributes }: Message): boolean {
  return messageAttributes?.['verdicts']?.stringValue === 'off';
}

async function observeAlike(
  messages: readonly Message[],
  watch: MessageContext,
): Promise<ReadonlyMap<string, unknown>> {
  const batch = new MessageBatch(watch);
  const parsed = messages.map((message) => ({
    message,
    envelope: parseEnvelope(message.body, watch.trail, watch.hubAccount),
  }));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const groups = parsed.map(({ message: { messageId: id }, envelope }) => ({ id, envelope }));
  await batch.observe(
    groups.map(({ id, envelope: { records } }) => ({ id, records })),
    byId,
  );
  const samples = groups.map(({ id, envelope }) => ({ id, records: envelope.samples }));
  await batch.observeSamples(samples, byId);
  for (const { message, envelope } of parsed) await batch.rest(message, envelope);
  await writeHeartbeats(watch);
  return batch.failed;
}

/** A failed heartbeat fails no message. */
async function writeHeartbeats({ heartbeats, table, now, log, meter }: MessageContext): Promise<void> {
  try {
    await heartbeats.write(table, now);
  } catch (error) {
    meter.count(METRICS.heartbeatsFailed);
    log.warn('heartbeats not written', { reason: reasonOf(error) });
  }
}

class MessageBatch {
  readonly failed = new Map<string, unknown>();

  constructor(private readonly watch: MessageContext) {}

  async observe(
    groups: readonly RecordGroup<string>[],
    messages: ReadonlyMap<string, Message>,
    repeated: RepeatCounts | null = null,
  ): Promise<void> {
    const observed = await observeRecords(
      groups.filter(({ records }) => records.length > 0),
      this.watch,
      repeated,
    );
    this.count(observed);
    await this.reportFailures(observed, messages);
  }

  async observeSamples(groups: readonly RecordGroup<string>[], messages: ReadonlyMap<string, Message>): Promise<void> {
    const samples = groups.filter(({ records }) => records.length > 0);
    if (samples.length === 0) return;
    const observed = await observeRecords(samples, this.watch.samples);
    this.watch.meter.count(METRICS.samplesRead, observed.records);
    await this.reportFailures(observed, messages);
  }

  private async reportFailures(observed: ObserveResult<string>, messages: ReadonlyMap<string, Message>): Promise<void> {
    for (const [id, error] of observed.failed) this.fail(id, error);
    for (const { id, record, error, reason } of observed.refused) {
      const message = messages.get(id);
      if (message) await this.putInQuarantine(message, reason, reasonOf(error), JSON.stringify(record));
    }
  }

  /** The parts of a message besides records. */
  async rest(message: Message, envelope: ParsedEnvelope): Promise<void> {
    for (const reason of envelope.ignored) this.watch.meter.count(METRICS.messagesIgnored, 1, { reason });
    for (const { reason, detail } of envelope.rejected) await this.putInQuarantine(message, reason, detail);
    for (const object of envelope.objects) await this.readObject(object, message);
  }

  private async readObject(object: TrailObject, message: Message): Promise<void> {
    try {
      const source = await this.watch.open(object);
      const problem = await this.readFrom(source, object, message);
      if (problem !== null) await this.putInQuarantine(message, 'object-unreadable', `${object.key}: ${problem}`);
    } catch (error) {
      if (error instanceof UnreadableObject)
        await this.putInQuarantine(message, error.reason, `${object.key}: ${error.message}`);
      else this.fail(message.messageId, error);
    }
  }

  /** Returns the fault of the file's content, if any; throws faults of the transfer. */
  private async readFrom(
    source: AsyncIterable<Uint8Array>,
    { account }: TrailObject,
    message: Message,
  ): Promise<string | null> {
    const { messageId } = message;
    const { meter } = this.watch;
    const file = new LogFileRecords(account, this.watch);
    const observeRead = async (): Promise<void> => {
      const { records, tamperings, repeated } = file.takeAll();
      await this.observe([{ id: messageId, records }], new Map([[messageId, message]]), repeated);
      if (this.failed.has(messageId)) throw this.failed.get(messageId);
      await this.forward(tamperings);
    };
    const stream = new PausingStream(source, () => (file.length < MOST_RECORDS ? Promise.resolve() : observeRead()));
    const { problem, skipped } = await readTrailObject(stream, (value) => file.record(value), { runs: file.runs });
    if (stream.fault) throw stream.fault.error;
    await observeRead();
    for (const [reason, times] of skipped) meter.count(METRICS.recordsSkipped, times, { reason });
    meter.count(METRICS.recordsSkipped, file.foreign, { reason: 'of-another-account' });
    return problem;
  }

  /** Tampering in backfilled records is not reported. */
  private async forward(records: readonly unknown[]): Promise<void> {
    const { forwardTampering, meter } = this.watch;
    if (!forwardTampering || this.watch.recordOnly || records.length === 0) return;
    await forwardTampering(records);
    meter.count(METRICS.tamperingsForwarded, records.length);
  }

  private async putInQuarantine(
    { messageId, body }: Message,
    reason: QuarantineReason,
    given: string,
    content = body,
  ): Promise<void> {
    const detail = withoutSecrets(given);
    try {
      await this.watch.quarantine({ messageId, reason, detail, body: content });
      this.watch.meter.count(METRICS.messagesQuarantined, 1, { reason });
      this.watch.log.warn('quarantined', { messageId, reason, detail });
    } catch (error) {
      this.fail(messageId, error);
    }
  }

  private fail(messageId: string, error: unknown): void {
    this.failed.set(messageId, error);
    this.watch.log.warn('will be retried', { messageId, reason: reasonOf(error) });
  }

  private count(observed: ObserveResult<string>): void {
    const { meter } = this.watch;
    meter.count(METRICS.recordsRead, observed.records);
    for (const [reason, times] of observed.skipped) meter.count(METRICS.recordsSkipped, times, { reason });
    meter.count(METRICS.facts, observed.facts);
    meter.count(METRICS.workloadsJudged, observed.judged);
    meter.count(METRICS.unattributedCalls, observed.unproven);
    meter.count(METRICS.suspicionsRequested, observed.asked);
    if (observed.lag !== null) meter.milliseconds(METRICS.lag, observed.lag);
  }
}
