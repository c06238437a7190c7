import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FolderWorkStore } from '../bin/hunt/folder-work-store';
import { huntFiles } from '../bin/hunt/hunt-files';
import { huntLocally } from '../bin/hunt/local-hunt';
import { ipRanges } from '../evaluate/address-book';
import { deliver, writeFiles } from '../evaluate/deliver';
import { playAll, settingsOf } from '../evaluate/organization';
import { ALL_SITUATIONS } from '../evaluate/situations/all-situations';
import type { Detection } from '../lambda/detection/detect';
import { FactSet } from '../lambda/detection/facts/fact-set';
import { findingRecord } from '../lambda/detection/findings/techniques';
import { kindsNamed } from '../lambda/detection/kinds/all-kinds';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { printableJson } from '../lambda/detection/model/printable';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import { readInto } from '../lambda/detection/records/read-facts';
import { NO_LOGS } from '../lambda/hunting/read-counts';
import type { ReadLogs } from '../lambda/hunting/read-stage';
import { upperFor } from '../trail-writer/ids';
import { seededRandom } from '../trail-writer/random';
import type { TrailRecord } from '../trail-writer/record';

/**
 * Compares hunts with `replay`, byte for byte, over organisations of `evaluate` in one trail: `npm run bench:hunt-equality --
 * ORGANISATIONS`, after `npm run build`. About 970 workloads in 40 accounts for each.
 */
const ORGANISATIONS = 3;

/** Bytes of a batch and of a part, and megabytes of a child: with few of them, a part takes several passes. */
const COURSES = [
  { batch: 64_000_000, part: 256_000_000, megabytes: 2_000 },
  { batch: 1_000_000, part: 600_000, megabytes: 2_000 },
  { batch: 4_000_000, part: 14_000_000, megabytes: 600 },
] as const;

interface Trail {
  readonly folder: string;
  readonly settings: object;
  readonly accounts: number;
}

/** In other organisations, names, ids and access keys are others. */
function writeTrail(folder: string, organisations: number): Trail {
  const accounts: string[] = [];
  let settings = {};
  for (let seed = 1; seed <= organisations; seed += 1) {
    const situations = ALL_SITUATIONS.map((situation) => ({ ...situation, name: `${situation.name}-${seed}` }));
    const organisation = playAll(situations, seed);
    accounts.push(...organisation.accounts);
    settings = { ...settingsOf(organisation, false), organizationAccounts: accounts };
    const records = organisation.played.flatMap(({ stage }) =>
      stage.records.map((record) => withOwnKeys(record, seed)),
    );
    writeFiles(join(folder, 'trail', String(seed)), deliver(records, seededRandom(seed)));
  }
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'ip-ranges.json'), JSON.stringify(ipRanges()));
  return { folder, settings, accounts: accounts.length };
}

function withOwnKeys(record: TrailRecord, seed: number): TrailRecord {
  const text = JSON.stringify(record.json).replaceAll(
    /\bASIA[A-Z0-9]{16}\b/g,
    (key) => `ASIA${upperFor(`${key} ${seed}`, 16)}`,
  );
  return { ...record, json: JSON.parse(text) as TrailRecord['json'] };
}

function replayed(root: string, { folder }: Trail): string {
  const given = ['--config', join(folder, 'settings.json'), '--ip-ranges', join(folder, 'ip-ranges.json')];
  const cli = [join(root, 'dist/bin/credlock.js'), 'replay', join(folder, 'trail'), ...given, '--format', 'jsonl'];
  return execFileSync(process.execPath, cli, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function hunted({ folder, settings: given }: Trail, course: (typeof COURSES)[number]) {
  const settings = valueOf(parseSettings(given));
  const kinds = kindsNamed(settings.workloads);
  const work = mkdtempSync(join(folder, 'work-'));
  let children = 0;
  const { detection } = await huntLocally({
    store: new FolderWorkStore(work, ''),
    key: [1, 2],
    settings,
    kinds,
    ipRanges: valueOf(parseIpRanges(ipRanges())),
    megabytes: course.megabytes,
    sizes: course,
    files: huntFiles(join(folder, 'trail'), {}),
    readLogs: readerOf(kinds),
    onChild: () => (children += 1),
  });
  return { detection, children };
}

function readerOf(kinds: ReturnType<typeof kindsNamed>): ReadLogs {
  return async (paths, onFacts) => {
    let records = 0;
    const facts = new FactSet();
    for (const path of paths) {
      const file = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { readonly Records: readonly unknown[] };
      for (const record of file.Records) readInto(facts, record, kinds);
      records += file.Records.length;
    }
    await onFacts(facts);
    return { ...NO_LOGS, files: paths.length, records };
  };
}

function linesOf({ findings }: Detection): string {
  return findings.map((finding) => `${printableJson(findingRecord(finding))}\n`).join('');
}

async function compare(root: string, organisations: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-hunt-equality-'));
  try {
    const trail = writeTrail(folder, organisations);
    const expected = replayed(root, trail);
    console.log(`${trail.accounts} accounts, ${expected.split('\n').length - 1} findings of replay`);
    for (const course of COURSES) {
      const { detection, children } = await hunted(trail, course);
      const isSame = expected !== '' && linesOf(detection) === expected;
      console.log(
        `${isSame ? 'same' : 'OTHER'} findings of a hunt: ${detection.counts.workloads} workloads, ${children} children, ${course.megabytes} MB`,
      );
      if (!isSame) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [root = '.', organisations] = process.argv.slice(2);
void compare(root, Number(organisations ?? ORGANISATIONS));
