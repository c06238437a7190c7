import { readTrailObject } from '../trail-files/read-trail-object';
import type { Deployed } from '../detection/tampering/detector-resources';
import { readRecord } from '../detection/records/read-record';
import { readTampering } from '../detection/tampering/read-tampering';
import { parseEnvelope, type ParsedEnvelope, type TrailObject, type TrailPlace } from './message-envelope';
import { METRICS } from '../environment';
import { reasonOf, type Log, type Meter } from '../telemetry';
import type { Heartbeats } from '../store/heartbeats';
import { observeRecords, type ObserveResult, type RecordGroup } from './observe-records';
import type { ObserveContext } from './observing-context';
import type { Quarantine, QuarantineReason } from './quarantine';

/** A message of the queue. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
  /** As SQS gives them. `verdicts` = `off`: its facts are stored, and nobody is told what they raise. */
  readonly messageAttributes?: Readonly<Record<string, { readonly stringValue?: string | undefined } | undefined>>;
}

export interface MessageContext extends ObserveContext {
  readonly trail: TrailPlace | null;
  /** The account whose samples are believed. */
  readonly hubAccount: string;
  /** By what samples are observed. */
  readonly samples: ObserveContext;
  /** The bytes of a log file. Throws `UnreadableObject` where trying again is of no use. */
  readonly open: (object: TrailObject) => Promise<AsyncIterable<Uint8Array>>;
  readonly quarantine: Quarantine;
  /**
   * Hands on what log files tell of harm done to the detector; resolves when that is under way.
   *
   * @default nobody is told: rules bring the events
   */
  readonly forwardTampering?: ((records: readonly unknown[]) => Promise<void>) | undefined;
  readonly deployed: Deployed;
  readonly heartbeats: Heartbeats;
  readonly log: Log;
  readonly meter: Meter;
}

/** A log file that cannot be read, however often one tries. */
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
 * Observes what the messages say. What cannot be believed or read is set aside, the rest of it observed. Gives the ids of
 * the messages that must come again, with the reason: everything of theirs that was finished is known when they do.
 */
export async function observeMessages(
  messages: readonly Message[],
  watch: MessageContext,
): Promise<ReadonlyMap<string, unknown>> {
  const silent = messages.filter(isRecordOnly);
  if (silent.length === 0) return observeAlike(messages, watch);
  const aloud = messages.filter((message) => !isRecordOnly(message));
  const failed = await observeAlike(aloud, watch);
  return new Map([...failed, ...(await observeAlike(silent, { ...watch, recordOnly: true }))]);
}

function isRecordOnly({ messageAttributes }: Message): boolean {
  return messageAttributes?.['verdicts']?.stringValue === 'off';
}

async function observeAlike(
  messages: readonly Message[],
  watch: MessageContext,
): Promise<ReadonlyMap<string, unknown>> {
  const round = new MessageBatch(watch);
  const believed = messages.map((message) => ({
    message,
    belief: parseEnvelope(message.body, watch.trail, watch.hubAccount),
  }));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const parcels = believed.map(({ message: { messageId: id }, belief }) => ({ id, belief }));
  await round.observe(
    parcels.map(({ id, belief: { records } }) => ({ id, records })),
    byId,
  );
  const samples = parcels.map(({ id, belief }) => ({ id, records: belief.samples }));
  await round.observeSamples(samples, byId);
  for (const { message, belief } of believed) await round.rest(message, belief);
  await writeHeartbeats(watch);
  return round.failed;
}

/** No record is worth less because its heartbeat could not be written. */
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

  async observe(parcels: readonly RecordGroup<string>[], messages: ReadonlyMap<string, Message>): Promise<void> {
    const observed = await observeRecords(
      parcels.filter(({ records }) => records.length > 0),
      this.watch,
    );
    this.count(observed);
    await this.answerFor(observed, messages);
  }

  async observeSamples(parcels: readonly RecordGroup<string>[], messages: ReadonlyMap<string, Message>): Promise<void> {
    const samples = parcels.filter(({ records }) => records.length > 0);
    if (samples.length === 0) return;
    const observed = await observeRecords(samples, this.watch.samples);
    this.watch.meter.count(METRICS.samplesRead, observed.records);
    await this.answerFor(observed, messages);
  }

  private async answerFor(observed: ObserveResult<string>, messages: ReadonlyMap<string, Message>): Promise<void> {
    for (const [id, error] of observed.failed) this.fail(id, error);
    for (const { id, record, error } of observed.refused) {
      const message = messages.get(id);
      if (message) await this.setAside(message, 'record-not-storable', reasonOf(error), JSON.stringify(record));
    }
  }

  /** What is in a message besides records. */
  async rest(message: Message, belief: ParsedEnvelope): Promise<void> {
    for (const reason of belief.ignored) this.watch.meter.count(METRICS.messagesIgnored, 1, { reason });
    for (const { reason, detail } of belief.rejected) await this.setAside(message, reason, detail);
    for (const object of belief.objects) await this.readObject(object, message);
  }

  private async readObject(object: TrailObject, message: Message): Promise<void> {
    try {
      const source = await this.watch.open(object);
      const problem = await this.readFrom(source, object, message);
      if (problem !== null) await this.setAside(message, 'object-unreadable', `${object.key}: ${problem}`);
    } catch (error) {
      if (error instanceof UnreadableObject)
        await this.setAside(message, error.reason, `${object.key}: ${error.message}`);
      else this.fail(message.messageId, error);
    }
  }

  /** Gives what the file's content has wrong; throws what only went wrong on the way. */
  private async readFrom(
    source: AsyncIterable<Uint8Array>,
    { account }: TrailObject,
    message: Message,
  ): Promise<string | null> {
    const { meter } = this.watch;
    const waiting: unknown[] = [];
    const harmful: unknown[] = [];
    let foreign = 0;
    const onRecord = (value: unknown): void => {
      const reading = readRecord(value);
      if ('record' in reading && reading.record.account !== account) return void (foreign += 1);
      // What is no record at all is counted where all are read.
      waiting.push(value);
      if ('record' in reading && readTampering(reading.record, this.watch.deployed)) harmful.push(value);
    };
    const { messageId } = message;
    const observeWaiting = async (): Promise<void> => {
      await this.observe([{ id: messageId, records: waiting.splice(0) }], new Map([[messageId, message]]));
      if (this.failed.has(messageId)) throw this.failed.get(messageId);
      await this.handOn(harmful.splice(0));
    };
    const onTheWay = new Way(source, () => (waiting.length < MOST_RECORDS ? Promise.resolve() : observeWaiting()));
    const { problem, skipped } = await readTrailObject(onTheWay, onRecord);
    if (onTheWay.fault) throw onTheWay.fault.error;
    await observeWaiting();
    for (const [reason, times] of skipped) meter.count(METRICS.recordsSkipped, times, { reason });
    meter.count(METRICS.recordsSkipped, foreign, { reason: 'of-another-account' });
    return problem;
  }

  /** What is told of long ago, when nobody watched, is not told now. */
  private async handOn(records: readonly unknown[]): Promise<void> {
    const { forwardTampering: handOn, meter } = this.watch;
    if (!handOn || this.watch.recordOnly || records.length === 0) return;
    await handOn(records);
    meter.count(METRICS.tamperingsHandedOn, records.length);
  }

  private async setAside(
    { messageId, body }: Message,
    reason: QuarantineReason,
    detail: string,
    content = body,
  ): Promise<void> {
    try {
      await this.watch.quarantine({ messageId, reason, detail, body: content });
      this.watch.meter.count(METRICS.setAside, 1, { reason });
      this.watch.log.warn('set aside', { messageId, reason, detail });
    } catch (error) {
      this.fail(messageId, error);
    }
  }

  private fail(messageId: string, error: unknown): void {
    this.failed.set(messageId, error);
    this.watch.log.warn('comes again', { messageId, reason: reasonOf(error) });
  }

  private count(observed: ObserveResult<string>): void {
    const { meter } = this.watch;
    meter.count(METRICS.recordsRead, observed.records);
    for (const [reason, times] of observed.skipped) meter.count(METRICS.recordsSkipped, times, { reason });
    meter.count(METRICS.facts, observed.facts);
    meter.count(METRICS.workloadsJudged, observed.judged);
    meter.count(METRICS.unprovenCalls, observed.unproven);
    meter.count(METRICS.suspicionsAsked, observed.asked);
    if (observed.lag !== null) meter.milliseconds(METRICS.lag, observed.lag);
  }
}

/** A stream on its way, which stops for what was read before more comes, and keeps what broke it apart from its content. */
class Way implements AsyncIterable<Uint8Array> {
  fault: { readonly error: unknown } | null = null;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly stop: () => Promise<void>,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) {
        yield chunk;
        await this.stop();
      }
    } catch (error) {
      this.fault = { error };
      throw error;
    }
  }
}
