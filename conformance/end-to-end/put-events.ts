import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventOf } from '../../trail-writer/event';
import type { Emulator } from '../emulator';
import type { Workshop } from '../workshop';

/** Most entries of one PutEvents. */
const ENTRIES = 10;

export interface TrailRecord {
  readonly recipientAccountId: string;
  readonly awsRegion: string;
}

/** The records of the demo's trail, some of them twice. The last chapter comes first, as deliveries may be late. */
export async function trailRecords({ root }: Workshop): Promise<TrailRecord[]> {
  const folder = join(root, 'demo/trail');
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.json.gz'))
    .sort()
    .reverse();
  const texts = await Promise.all(names.map(async (name) => gunzipSync(await readFile(join(folder, name))).toString()));
  return texts.flatMap((text) => (JSON.parse(text) as { readonly Records?: TrailRecord[] }).Records ?? []);
}

/** Puts each record on the default bus of its account and Region, as CloudTrail does. */
export async function putTrail(emulator: Emulator, records: readonly TrailRecord[]): Promise<void> {
  const places = new Map<string, TrailRecord[]>();
  for (const record of records) {
    const key = `${record.recipientAccountId} ${record.awsRegion}`;
    places.set(key, [...(places.get(key) ?? []), record]);
  }
  for (const [key, some] of places) {
    const [account = '', region = ''] = key.split(' ');
    const client = new EventBridgeClient(await emulator.clientConfig({ account, region }));
    for (let from = 0; from < some.length; from += ENTRIES) await put(client, some.slice(from, from + ENTRIES));
    client.destroy();
  }
}

async function put(client: EventBridgeClient, records: readonly TrailRecord[]): Promise<void> {
  const { FailedEntryCount: failed } = await client.send(
    new PutEventsCommand({
      Entries: records.map((record) => {
        const { source, time, 'detail-type': type } = eventOf(record);
        return {
          Source: String(source),
          DetailType: String(type),
          Time: new Date(String(time)),
          Detail: JSON.stringify(record),
        };
      }),
    }),
  );
  if (failed !== 0) throw new Error(`${failed} events were not put`);
}
