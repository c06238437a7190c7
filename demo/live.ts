import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { findingsTable } from '../bin/formats/table';
import { wantsColour } from '../bin/terminal/paint';
import { securityHubFindings } from '../lambda/adapters/security-hub/security-hub-findings';
import type { Finding } from '../lambda/detection/model/finding';
import { field, isJsonObject } from '../lambda/detection/model/json-field';
import { startDynamoDb } from '../test/lambda/dynamodb-engine';
import { BUCKETS, notificationOf, startHub, type Hub } from '../test/lambda/hub';
import { comparable, replayed } from '../test/lambda/live-run';
import { storyWith } from '../test/lambda/story';
import { endOf } from '../test/lambda/wire-run';

const FOLDER = 'demo';
/** The day after the trail's. */
const NIGHT = '2026-09-15T00:30:00Z';

/**
 * Puts the demo trail's files into a bucket and lets the deployed handlers work, with their SDK clients, on a DynamoDB
 * engine and a server that speaks AWS's protocols, both in this process. Prints the findings that Security Hub holds in the
 * end; the exit code is 1 where they are not `npm run demo`'s. To be run from the top of the repository.
 */
async function liveDemo(): Promise<void> {
  const files = trailFiles();
  const story = storyWith(files.flatMap(recordsOf), documentIn('credlock.json'), documentIn('ip-ranges.json'));
  const engine = await startDynamoDb();
  const { settings, ipRanges } = story.documents;
  const options = { engine, containers: 2, start: NIGHT, settings: { ...settings, mode: 'live' } };
  const hub = await startHub({ ...options, ipRanges: ipRanges ?? false });
  try {
    for (const file of files) await announce(file, hub);
    await hub.settle();
    process.exitCode = told(endOf(hub).findings, new Set(endOf(hub).imported), replayed(story), hub) ? 0 : 1;
  } finally {
    await hub.close();
    await engine.close();
  }
}

interface TrailFile {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Each chapter stands on its own: its files keep their names, below a folder of their day. */
function trailFiles(): TrailFile[] {
  const names = readdirSync(join(FOLDER, 'trail'), { recursive: true, encoding: 'utf8' }).sort();
  return names
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => {
      const [chapter = '', ...path] = name.split(/[\\/]/);
      const file = path.pop() ?? '';
      return { key: [...path, chapter, file].join('/'), bytes: readFileSync(join(FOLDER, 'trail', name)) };
    });
}

function recordsOf({ bytes }: TrailFile): readonly unknown[] {
  const records = field(JSON.parse(gunzipSync(bytes).toString()), 'Records');
  return Array.isArray(records) ? records : [];
}

async function announce({ key, bytes }: TrailFile, hub: Hub): Promise<void> {
  hub.wire.s3.put(BUCKETS.trail, key, bytes);
  await hub.send(notificationOf([key]));
}

function told(
  findings: readonly Finding[],
  imported: ReadonlySet<string>,
  expected: readonly Finding[],
  hub: Hub,
): boolean {
  const columns = process.stdout.columns ?? 100;
  const shown = findings.filter(({ id }) => imported.has(id));
  const colours = wantsColour(process.stdout, process.env);
  for (const line of findingsTable(shown, { columns, colours, long: false })) process.stdout.write(line);
  const isSame =
    isDeepStrictEqual(plain(findings), plain(expected)) &&
    isDeepStrictEqual(
      [...imported].sort(),
      securityHubFindings(expected)
        .map(({ id }) => id)
        .sort(),
    );
  const requests = hub.wire.requests.filter(({ service }) => service === 'dynamodb').length;
  process.stderr.write(
    `${imported.size} findings in Security Hub, ${hub.wire.eventBridge.events.length} events on the bus, ${requests} DynamoDB requests; ${
      isSame ? 'equal to what replay finds' : 'NOT what replay finds'
    }\n`,
  );
  return isSame;
}

/** As JSON, without what may differ. */
function plain(findings: readonly Finding[]): unknown {
  return JSON.parse(JSON.stringify(findings.map(comparable))) as unknown;
}

function documentIn(name: string): object {
  const document: unknown = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
  if (!isJsonObject(document)) throw new Error(`${name} is no JSON object`);
  return document;
}

void liveDemo();
