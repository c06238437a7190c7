import { isInFuture, isoTime } from '../detection/model/event-time';
import { readRecord } from '../detection/records/read-record';
import type { Deployed } from '../detection/tampering/act';
import { isRoutine, readTampering, type Tampering } from '../detection/tampering/read-tampering';
import { METRICS } from '../environment';
import { parseEnvelope } from '../observing/message-envelope';
import { reasonOf, type Log, type Meter } from '../telemetry';
import type { Message } from '../observing/observe-messages';
import { withoutSecrets } from '../observing/redact-secrets';
import type { Quarantine, QuarantineReason } from '../observing/quarantine';
import { reportTampering, type TamperingContext } from './tampering-findings';

export interface WatchContext {
  readonly reporting: TamperingContext;
  readonly deployed: Deployed;
  readonly quarantine: Quarantine;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Reports calls that tampered with the detector. Messages that are rejected or unreadable are quarantined; irrelevant ones
 * are counted by reason. Gives the ids of the messages to retry, with the error.
 */
export async function watchMessages(
  messages: readonly Message[],
  context: WatchContext,
): Promise<ReadonlyMap<string, unknown>> {
  const { log, meter } = context;
  const failed = new Map<string, unknown>();
  const found = new Map<Tampering, string>();
  for (const message of messages) {
    try {
      for (const one of await tamperingsIn(message, context)) found.set(one, message.messageId);
    } catch (error) {
      failed.set(message.messageId, error);
    }
  }
  const { reported, faults } = await reportTampering([...found.keys()], context.reporting);
  for (const one of reported) if (!isRoutine(one)) meter.count(METRICS.tamperings, 1, { part: one.part });
  for (const [one, error] of faults) {
    const messageId = found.get(one);
    if (messageId !== undefined) failed.set(messageId, error);
  }
  for (const [messageId, error] of failed) log.warn('will be retried', { messageId, reason: reasonOf(error) });
  return failed;
}

async function tamperingsIn({ messageId, body }: Message, context: WatchContext): Promise<Tampering[]> {
  const { records, objects, ignored, rejected } = parseEnvelope(body, null);
  const quarantine = async (reason: QuarantineReason, given: string): Promise<void> => {
    const detail = withoutSecrets(given);
    await context.quarantine({ messageId, body, reason, detail });
    context.meter.count(METRICS.messagesQuarantined, 1, { reason });
    context.log.warn('quarantined', { messageId, reason, detail });
  };
  for (const { reason, detail } of rejected) await quarantine(reason, detail);
  const nothing = [...ignored, ...objects.map(() => 'not-an-event')];
  for (const reason of nothing) context.meter.count(METRICS.messagesIgnored, 1, { reason });
  const found = records.flatMap((value) => tamperingIn(value, context) ?? []);
  const now = context.reporting.now();
  const ahead = found.filter(({ time }) => isInFuture(time, now));
  for (const { time } of ahead) await quarantine('record-in-the-future', `its time is ${isoTime(time)}`);
  return found.filter((one) => !ahead.includes(one));
}

function tamperingIn(value: unknown, { deployed, meter }: WatchContext): Tampering | null {
  const reading = readRecord(value);
  const tampering = 'skip' in reading ? null : readTampering(reading.record, deployed);
  const reason = 'skip' in reading ? reading.skip : 'no-tampering';
  if (!tampering) meter.count(METRICS.recordsSkipped, 1, { reason });
  return tampering;
}
