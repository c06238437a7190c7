import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trailRecords } from './generate-trail';
import { REPLAY_BENCH, type TrailShape } from './trail-world';

/**
 * The shapes of the promise: peak RSS of `credlock replay - --threads 1` over them, in MB; a second thread takes more. Measured: a
 * day 242 to 263, sessions 293 to 324, a month 1,599, of which reading took 940.
 */
const SHAPES: Readonly<Record<string, { readonly shape: Partial<TrailShape>; readonly most: number }>> = {
  day: {
    shape: { records: 1_000_000, workloads: 2_000, days: 1, workloadsPerNat: 1_000, originsOfOneSession: 5_000 },
    most: 290,
  },
  sessions: {
    shape: { records: 648_252, workloads: 11_200, days: 1, judged: 0.43, assumedRole: 0.25 },
    most: 335,
  },
  month: {
    shape: { records: 30_000_000, workloads: 2_000, days: 30, workloadsPerNat: 1_000, originsOfOneSession: 5_000 },
    most: 1_750,
  },
};

async function measure(root: string, name: string, records: number | null): Promise<void> {
  const { shape, most } = SHAPES[name] ?? { shape: {}, most: 0 };
  const whole = { ...REPLAY_BENCH, judged: 0.5, ...shape, ...(records === null ? {} : { records }) };
  const child = spawn(
    process.execPath,
    [join(root, 'dist/bin/credlock.js'), 'replay', '-', '--threads', '1', '--format', 'jsonl', '--out', '/dev/null'],
    {
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  const started = Date.now();
  let peak = 0;
  let written = 0;
  for (const record of trailRecords(whole)) {
    written += 1;
    if (!child.stdin.write(`${record}\n`)) await once(child.stdin, 'drain');
    if (written % 5_000 === 0) peak = Math.max(peak, peakOf(child.pid ?? 0));
  }
  const poll = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 20);
  child.stdin.end();
  await once(child, 'exit');
  clearInterval(poll);
  const seconds = Math.round((Date.now() - started) / 1_000);
  console.log(
    `${name}: ${written.toLocaleString('en')} records in ${seconds} s (generation included), peak RSS ${peak} MB; promised below ${most} MB`,
  );
}

/** Linux tells a process's highest RSS. */
function peakOf(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

const [root = '.', names = 'day', records] = process.argv.slice(2);
void (async () => {
  for (const name of names.split(',')) await measure(root, name, records === undefined ? null : Number(records));
})();
