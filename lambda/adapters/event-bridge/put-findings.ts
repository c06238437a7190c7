import { PutEventsCommand, type EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { FINDING_EVENT } from '../../environment';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { inParts, type Faults } from '../batching';

/** PutEvents takes 1 to 10 entries and less than 1 MB of them (user guide, eb-putevents); the rest is for the envelope. */
const PART = { most: 10, bytes: 1_000_000 };

/** Puts findings on a bus, each as `detail` of an event, in their order. Gives the faults by the saying's place. */
export async function putFindings(
  sayings: readonly OutgoingFinding[],
  { client, bus }: { readonly client: EventBridgeClient; readonly bus: string },
): Promise<Faults> {
  const faults = new Map<number, unknown>();
  const entries = sayings.map((saying, at) => ({ at, entry: entryOf(saying, bus) }));
  for (const part of inParts(entries, ({ entry }) => Buffer.byteLength(entry.Detail ?? '', 'utf8'), PART)) {
    try {
      const { Entries: results = [] } = await client.send(
        new PutEventsCommand({ Entries: part.map(({ entry }) => entry) }),
      );
      for (const [index, { at }] of part.entries()) {
        const { ErrorCode: code, ErrorMessage: message } = results[index] ?? {};
        if (code !== undefined) faults.set(at, new Error(`EventBridge refused it: ${code} ${message ?? ''}`.trim()));
      }
    } catch (error) {
      for (const { at } of part) faults.set(at, error);
    }
  }
  return faults;
}

function entryOf({ finding, updatedAt }: OutgoingFinding, bus: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: FINDING_EVENT.source,
    DetailType: FINDING_EVENT.detailType,
    Detail: JSON.stringify(finding),
    Resources: finding.sessions.slice(0, 10).map(({ arn }) => arn),
    Time: new Date(updatedAt),
  };
}
