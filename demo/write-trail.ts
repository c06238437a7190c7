import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chapters } from './story/chapters';
import { logFiles } from '../trail-writer/log-files';

const FOLDER = join('demo', 'trail');

/**
 * Writes `demo/trail`; to be run from the top of the repository. Only what differs is written, and what the story no
 * longer tells is removed.
 */
function writeTrail(): void {
  const files = new Map(
    chapters()
      .flatMap(logFiles)
      .map(({ path, text }) => [path, text]),
  );
  const counts = { written: 0, removed: 0 };
  for (const path of filesIn(FOLDER)) {
    if (files.has(path)) continue;
    rmSync(join(FOLDER, path));
    counts.removed += 1;
  }
  for (const [path, text] of files) {
    const file = join(FOLDER, path);
    if (textIn(file) === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    // Node's gzip leaves the time out, so that the same text gives the same bytes.
    writeFileSync(file, gzipSync(text, { level: 9 }));
    counts.written += 1;
  }
  process.stdout.write(`${files.size} files, ${counts.written} written, ${counts.removed} removed\n`);
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.json.gz')).map((name) => name.split(sep).join('/'));
}

/** Compared uncompressed: another zlib packs the same text otherwise. */
function textIn(file: string): string | null {
  return existsSync(file) ? gunzipSync(readFileSync(file)).toString() : null;
}

writeTrail();
