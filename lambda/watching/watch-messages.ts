import { readRecord } from '../detection/records/read-record';
import type { Deployed } from '../detection/tampering/detector-resources';
import { readTampering, type Tampering } from '../detection/tampering/read-tampering';
import { METRICS } from '../environment';
import { parseEnvelope } from '../observing/message-envelope';
import { reasonOf, type Log, type Meter } from '../telemetry';
import type { Message } from '../observing/observe-messages';
import type { Quarantine, QuarantineReason } from '../observing/quarantine';
import { tellTampering, type Teller } from './tampering-findings';

export interface Guard extends Teller {
  readonly deployed: Deployed;
  readonly quarantine: Quarantine;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Tells what these events say was done to the detector. What cannot be believed or read is set aside; what is nobody's
 * business is counted by reason. Gives the ids of the messages that must come again, with the reason.
 */
export async function watchMessages(messages: readonly Message[], guard: Guard): Promise<ReadonlyMap<string, unknown>> {
  const { log, meter } = guard;
  const failed = new Map<string, unknown>();
  const found = new Map<Tampering, string>();
  for (const message of messages) {
    try {
      for (const one of await tamperingsIn(message, guard)) found.set(one, message.messageId);
    } catch (error) {
      failed.set(message.messageId, error);
    }
  }
  const { told, faults } = await tellTampering([...found.keys()], guard);
  for (const { part } of told) meter.count(METRICS.tamperings, 1, { part });
  for (const [one, error] of faults) {
    const messageId = found.get(one);
    if (messageId !== undefined) failed.set(messageId, error);
  }
  for (const [messageId, error] of failed) log.warn('comes again', { messageId, reason: reasonOf(error) });
  return failed;
}

async function tamperingsIn({ messageId, body }: Message, guard: Guard): Promise<Tampering[]> {
  const { records, objects, ignored, rejected: doubts } = parseEnvelope(body, null);
  const aside = async (reason: QuarantineReason, detail: string): Promise<void> => {
    await guard.quarantine({ messageId, body, reason, detail });
    guard.meter.count(METRICS.setAside, 1, { reason });
    guard.log.warn('set aside', { messageId, reason, detail });
  };
  for (const { reason, detail } of doubts) await aside(reason, detail);
  const nothing = [...ignored, ...objects.map(() => 'not-an-event')];
  for (const reason of nothing) guard.meter.count(METRICS.messagesIgnored, 1, { reason });
  return records.flatMap((value) => tamperingIn(value, guard) ?? []);
}

function tamperingIn(value: unknown, { deployed, meter }: Guard): Tampering | null {
  const reading = readRecord(value);
  const tampering = 'skip' in reading ? null : readTampering(reading.record, deployed);
  const reason = 'skip' in reading ? reading.skip : 'no-tampering';
  if (!tampering) meter.count(METRICS.recordsSkipped, 1, { reason });
  return tampering;
}
