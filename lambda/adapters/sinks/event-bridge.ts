import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { findingRecord } from '../../detection/findings/techniques';
import { FINDING_EVENT } from '../../environment';
import { inParts } from '../batching';
import type { OpenSink } from './sink';

/** PutEvents takes 1 to 10 entries and less than 1 MB of them (user guide, eb-putevents); the difference is for the envelope. */
const PART = { most: 10, bytes: 1_000_000 };

/** Puts findings on the bus, each as `detail` of an event. */
export const eventBridgeSink: OpenSink = ({ environment: { findingsBus }, clientSettings }) => {
  const client = new EventBridgeClient(clientSettings);
  return {
    accepts: () => true,
    deliver: async (batch) => {
      const faults = new Map<number, unknown>();
      const entries = batch.map((outgoing, at) => ({ at, entry: entryOf(outgoing, findingsBus) }));
      for (const part of inParts(entries, ({ entry }) => Buffer.byteLength(entry.Detail ?? '', 'utf8'), PART)) {
        try {
          const { Entries: results = [] } = await client.send(
            new PutEventsCommand({ Entries: part.map(({ entry }) => entry) }),
          );
          for (const [index, { at }] of part.entries()) {
            const { ErrorCode: code, ErrorMessage: message } = results[index] ?? {};
            if (code !== undefined)
              faults.set(at, new Error(`EventBridge refused it: ${code} ${message ?? ''}`.trim()));
          }
        } catch (error) {
          for (const { at } of part) faults.set(at, error);
        }
      }
      return faults;
    },
  };
};

function entryOf({ finding, updatedAt }: OutgoingFinding, bus: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: FINDING_EVENT.source,
    DetailType: FINDING_EVENT.detailType,
    Detail: JSON.stringify(findingRecord(finding)),
    Resources: finding.sessions.slice(0, 10).map(({ arn }) => arn),
    Time: new Date(updatedAt),
  };
}
