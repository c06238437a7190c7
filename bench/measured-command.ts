import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What one run of a command took, its children included. */
export interface Measured {
  readonly wall: number;
  /** User and system seconds. */
  readonly cpu: number;
  /** The largest process's highest resident memory in MB; 0 where the system does not show it. */
  readonly peak: number;
}

const TIMES = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$/m;
const POLL = 10;

/** Runs a command line in bash, which times it. Throws if it fails. */
export async function measured(command: string): Promise<Measured> {
  const child = spawn('bash', ['-c', `TIMEFORMAT='%3R %3U %3S'; time { ${command}; }`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let peak = 0;
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const poll = setInterval(() => (peak = Math.max(peak, ...peaksBelow(child.pid ?? 0))), POLL);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(poll);
  const [, wall, user, system] = TIMES.exec(errors) ?? [];
  if (status !== 0 || wall === undefined) throw new Error(`${command} ended with ${String(status)}: ${errors}`);
  return { wall: Number(wall), cpu: Number(user) + Number(system), peak };
}

/** Peak memory of the processes below one, from Linux's /proc. */
function peaksBelow(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [peakOf(child), ...peaksBelow(child)]);
}

function childrenOf(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The median of each figure; the peak is the highest. */
export function medianOf(runs: readonly Measured[]): Measured {
  return {
    wall: median(runs.map(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    peak: Math.max(0, ...runs.map(({ peak }) => peak)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
