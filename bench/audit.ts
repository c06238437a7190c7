// `npm run bench:audit`: 10 million audit events of about 2 kB into `credlock replay -`, or as many as the argument says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietCluster } from '../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../trail-writer/random';

/** Megabytes. */
const MOST_MEMORY = 300;
const MEAN_BYTES = 2_000;
const WRITTEN_AT_ONCE = 500;
const ID = /"auditID":"[^"]{8}/;
const DAY = {
  nodes: 20,
  from: Date.parse('2026-09-01T00:00:00Z'),
  hours: 1,
  leaseSeconds: 120,
  scans: 50,
  deploys: 100,
};

/** Lines of an ordinary cluster, lengthened to `MEAN_BYTES`, and one in 10,000 that is reported. */
function* lines(count: number): Generator<string> {
  const random = seededRandom(1);
  const events = [...quietCluster(DAY, random)].map((event) => JSON.stringify(event));
  const mean = events.reduce((sum, line) => sum + line.length, 0) / events.length;
  const padding = `,"annotations":{"pad":"${'x'.repeat(Math.max(0, MEAN_BYTES - mean - 40))}",`;
  const padded = events.map((line) => line.replace(',"annotations":{', padding));
  const shell = padded
    .find((line) => line.includes('/exec'))
    ?.replaceAll('"namespace":"shop"', '"namespace":"kube-system"');
  for (let at = 0; at < count; at += 1) {
    const line = at % 10_000 === 0 && shell !== undefined ? shell : (padded[at % padded.length] ?? '');
    yield line.replace(ID, `"auditID":"${String(at).padStart(8, '0')}`);
  }
}

async function measure(root: string, count: number): Promise<void> {
  const args = [join(root, 'dist/bin/credlock.js'), 'replay', '-', '--format', 'jsonl', '--out', '/dev/null'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const started = Date.now();
  const peaks: number[] = [];
  let batch: string[] = [];
  let bytes = 0;
  let written = 0;
  for (const line of lines(count)) {
    batch.push(line);
    written += 1;
    if (batch.length < WRITTEN_AT_ONCE && written < count) continue;
    const text = `${batch.join('\n')}\n`;
    bytes += text.length;
    batch = [];
    if (!child.stdin.write(text)) await once(child.stdin, 'drain');
    if (written % (count / 10) < WRITTEN_AT_ONCE) peaks.push(peakOf(child.pid ?? 0));
  }
  child.stdin.end();
  await once(child, 'exit');
  const seconds = (Date.now() - started) / 1_000;
  const peak = Math.max(...peaks);
  console.log(
    `${count.toLocaleString('en')} events, ${(bytes / 1e9).toFixed(2)} GB in ${seconds.toFixed(0)} s: ${Math.round(count / seconds).toLocaleString('en')} a second (generation included); peak RSS ${peak} MB, after each tenth ${peaks.join(', ')}; promised below ${MOST_MEMORY} MB`,
  );
  if (peak > MOST_MEMORY) process.exitCode = 1;
}

/** Linux tells a process's highest RSS. */
function peakOf(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

const [root = '.', count = '10000000'] = process.argv.slice(2);
void measure(root, Number(count));
