import { eventTimeOf, isInFuture, isoTime } from '../detection/model/event-time';
import { field, parsedJson, textOf, type JsonObject } from '../detection/model/json-field';
import { AUDIT_LOG, KUBERNETES, type RuntimeAgent } from '../detection/vocabulary';
import { METRICS } from '../environment';
import { publishSamples, sampleSettings, sampleTable } from '../confirming/simulated-findings';
import type { KubernetesAct } from '../kubernetes/act';
import type { AuditEvent, AuditFault } from '../kubernetes/audit-event';
import type { Cluster } from '../kubernetes/cluster';
import { readAuditEvent, readCutLine } from '../kubernetes/read-audit-event';
import { actsOf } from '../kubernetes/rules';
import { UnreadableObject, type Message } from '../observing/observe-messages';
import { PausingStream } from '../observing/pausing-stream';
import type { QuarantineReason } from '../observing/quarantine';
import { readRuntimeLine } from '../runtime/read-runtime-line';
import { reasonOf } from '../telemetry';
import { inflated } from '../trail-files/inflate';
import { faultOf } from '../trail-files/read-trail-object';
import { acceptPayload } from './accept-payload';
import type { AuditContext } from './audit-context';
import { parseAuditNotice } from './audit-notice';
import { payloadsIn, UnreadablePayload } from './payloads';
import { ObservedRequests } from './session-requests';
import { SettledPlaces } from './settled-places';
import { UnstoredFacts } from './unstored-facts';

/** Lines of an object that are put into quarantine one by one; more of them are only counted. */
const MOST_LINES = 10;

/**
 * Reads the audit records and alarms of the object that a message announces, stores the acts that rules report and brings their
 * findings up to date; stores which AWS sessions called from where, and requests that suspected workloads be confirmed. What is
 * rejected or unreadable is quarantined, the rest is read. Repeating it changes nothing. Throws if it must be repeated.
 */
export async function observeAuditObject(message: Message, context: AuditContext): Promise<void> {
  const notice = parseAuditNotice(message.body, context.place);
  if ('reason' in notice) return new ObjectReader(message, context).setAside(notice.reason, notice.detail);
  // Filters are removed within the hour; what still arrives is not read.
  if (!context.settings.workloads.includes(KUBERNETES))
    return context.meter.count(METRICS.messagesIgnored, 1, { reason: 'kubernetes-not-wanted' });
  const isSample = notice.key.startsWith(AUDIT_LOG.samples);
  await new ObjectReader(message, isSample ? ofSamples(context) : context).read(notice.key);
}

/** For what `credlock simulate` put into the bucket: the hub's account has the cluster, and nothing of it is ever judged. */
function ofSamples(context: AuditContext): AuditContext {
  const { table, settings, publish, place, observing } = context;
  const { requestVerification: _, ...own } = observing;
  return {
    ...context,
    table: sampleTable(table),
    settings: sampleSettings(settings),
    publish: publishSamples(publish),
    accounts: new Set([place.hubAccount]),
    observing: { ...own, table: sampleTable(observing.table), recordOnly: true },
    observed: new ObservedRequests(),
    settled: new SettledPlaces(),
  };
}

class ObjectReader {
  readonly #skipped = new Map<string, number>();
  readonly #rejected = new Set<string>();
  readonly #unstored: UnstoredFacts;
  #lines = 0;
  #alarms = 0;
  #broken = 0;

  constructor(
    private readonly message: Message,
    private readonly context: AuditContext,
  ) {
    this.#unstored = new UnstoredFacts(context, ({ error, reason }) => this.#breakLine(reason, reasonOf(error)));
  }

  async read(key: string): Promise<void> {
    try {
      await this.#readPayloads(key);
    } catch (error) {
      if (!(error instanceof UnreadableObject)) throw error;
      await this.setAside(error.reason, `${key}: ${error.message}`);
    }
    await this.#unstored.store();
    this.#count();
  }

  async setAside(reason: QuarantineReason, detail: string): Promise<void> {
    const { messageId, body } = this.message;
    await this.context.quarantine({ messageId, body, reason, detail });
    this.context.meter.count(METRICS.messagesQuarantined, 1, { reason });
    this.context.log.warn('quarantined', { messageId, reason, detail });
  }

  /** Throws faults of the transfer, and of the table. */
  async #readPayloads(key: string): Promise<void> {
    const transfer = new PausingStream(await this.context.open(key));
    try {
      for await (const payload of payloadsIn(inflated(transfer))) {
        await this.#readPayload(payload, key);
        if (this.#unstored.isFull) await this.#unstored.store();
      }
    } catch (error) {
      if (transfer.fault) throw transfer.fault.error;
      const fault = contentFault(error);
      if (fault === null) throw error;
      await this.setAside('object-unreadable', `${key}: ${fault}`);
    }
  }

  async #readPayload(payload: JsonObject, key: string): Promise<void> {
    const { partition, accounts } = this.context;
    const accepted = acceptPayload(payload, { partition, isWatched: (account) => accounts.has(account) });
    if ('ignored' in accepted) return this.#skip(accepted.ignored);
    if ('reason' in accepted) {
      // Once an object: it may have many payloads of one sender.
      const what = `${accepted.reason} ${accepted.detail}`;
      if (this.#rejected.has(what) || this.#rejected.size >= MOST_LINES) return;
      this.#rejected.add(what);
      return this.setAside(accepted.reason, `${key}: ${accepted.detail}`);
    }
    const { cluster, agent, events } = accepted;
    for (const event of events) {
      if (agent === null) await this.#readLine(event, cluster, key);
      else await this.#readAgentLine(event, { cluster, agent, key });
    }
  }

  async #readLine(event: unknown, cluster: Cluster, key: string): Promise<void> {
    this.#lines += 1;
    const read = eventIn(event, cluster);
    if (read === null) return this.#skip('not-needed');
    const place = `${key}: ${placeOf(event)}`;
    if ('fault' in read) return this.#breakLine('audit-event-unreadable', `${place}: ${read.fault}`);
    if (!isInFuture(read.time, this.context.now())) this.#unstored.addRequest(read);
    await this.#take(actsOf(read, this.context.settings.kubernetes), { time: read.time, place });
  }

  async #readAgentLine(
    event: unknown,
    { cluster, agent, key }: { readonly cluster: Cluster; readonly agent: RuntimeAgent; readonly key: string },
  ): Promise<void> {
    this.#alarms += 1;
    const place = `${key}: ${placeOf(event)}`;
    const read = readRuntimeLine(field(event, 'message'), cluster, agent, this.context.settings.kubernetes);
    if ('fault' in read) return this.#breakLine('alarm-unreadable', `${place}: ${read.fault}`);
    if ('notAnAlarm' in read) return this.#skip(read.notAnAlarm);
    for (const act of read.acts) await this.#take([act], { time: act.time, place });
  }

  async #take(
    acts: readonly KubernetesAct[],
    { time, place }: { readonly time: number; readonly place: string },
  ): Promise<void> {
    if (isInFuture(time, this.context.now()))
      return this.#breakLine('record-in-the-future', `${place}: its time is ${isoTime(time)}`);
    for (const act of acts) {
      this.context.meter.count(METRICS.auditActs, 1, { type: act.type });
      this.#unstored.addAct(act);
    }
  }

  async #breakLine(reason: QuarantineReason, detail: string): Promise<void> {
    this.#skip(reason);
    this.#broken += 1;
    if (this.#broken <= MOST_LINES) await this.setAside(reason, detail);
  }

  #skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }

  #count(): void {
    const { meter } = this.context;
    meter.count(METRICS.auditEventsRead, this.#lines);
    meter.count(METRICS.runtimeLinesRead, this.#alarms);
    for (const [reason, times] of this.#skipped) meter.count(METRICS.auditEventsSkipped, times, { reason });
  }
}

/** `{ id, timestamp, message }`, as CloudWatch Logs sends each line. */
function eventIn(event: unknown, cluster: Cluster): AuditEvent | AuditFault | null {
  const message = textOf(field(event, 'message')) ?? '';
  const loggedAt = eventTimeOf(field(event, 'timestamp'));
  const line = parsedJson(message);
  return line === undefined ? readCutLine(message, cluster, loggedAt) : readAuditEvent(line, cluster, loggedAt);
}

function placeOf(event: unknown): string {
  return `log event ${(textOf(field(event, 'id')) ?? 'without an id').slice(0, 64)}`;
}

/** Null for an error that is not about the object's content. */
function contentFault(error: unknown): string | null {
  if (error instanceof UnreadablePayload) return error.message;
  return isZlibError(error) ? faultOf(error) : null;
}

function isZlibError(error: unknown): boolean {
  return textOf(field(error, 'code'))?.startsWith('Z_') === true;
}
