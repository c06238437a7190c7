import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMATS, randomOf, textsAround, theftOf } from './mutated-inputs';

const RECORDS_IN_A_FILE = 4_000;
/** Megabytes of memory, and seconds for a run over all formats. */
const MOST_MEMORY = 1_000;
const MOST_SECONDS = 300;

interface Run {
  readonly code: number | null;
  readonly found: ReadonlySet<string>;
  readonly peak: number;
  readonly seconds: number;
}

/** `replay` over files in all formats with mutated records, and the memory that it took. */
async function replayOf(root: string, folder: string): Promise<Run> {
  const started = Date.now();
  const child = spawn(process.execPath, [join(root, 'dist/bin/credlock.js'), 'replay', folder, '--format', 'jsonl'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  let peak = 0;
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const poll = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 20);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(poll);
  const found = new Set<string>();
  for (const line of output.trim().split('\n')) {
    const { severity, workload, origin } = JSON.parse(line) as Finding;
    if (severity === 'HIGH' && origin?.ip === '192.0.2.251') found.add(workload?.id ?? '');
  }
  return { code, found, peak, seconds: (Date.now() - started) / 1_000 };
}

interface Finding {
  readonly severity: string;
  readonly workload: { readonly id: string } | null;
  readonly origin: { readonly ip: string | null } | null;
}

/** Linux tells a process's highest RSS. */
function peakOf(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function basesIn(root: string): object[] {
  const themes = join(root, 'test/scenarios');
  return readdirSync(themes, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => (JSON.parse(readFileSync(join(themes, name), 'utf8')) as { records: object[] }).records);
}

function faultsOf(run: Run, instances: readonly (readonly [name: string, instance: string])[]): string[] {
  const lost = instances.filter(([, instance]) => !run.found.has(instance));
  return [
    ...(run.code === 0 || run.code === 2 ? [] : [`exit code ${run.code ?? 'none'}`]),
    ...lost.map(([name]) => `the theft in ${name} was lost`),
    ...(run.seconds > MOST_SECONDS ? [`${run.seconds} s`] : []),
    ...(run.peak > MOST_MEMORY ? [`peak RSS ${run.peak} MB`] : []),
  ];
}

async function main(): Promise<number> {
  const [root = '.', records = '1000000', seed = '1'] = process.argv.slice(2);
  const random = randomOf(Number(seed));
  const bases = basesIn(root);
  const names = Object.keys(FORMATS);
  const rounds = Math.ceil(Number(records) / (names.length * RECORDS_IN_A_FILE));
  const faults: string[] = [];
  let [peak, seconds, written] = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'credlock-mutations-'));
    const instances = names.map((name, at) => [name, `i-0${String(round * 100 + at).padStart(16, '0')}`] as const);
    for (const [name, instance] of instances) {
      const texts = textsAround(theftOf(instance), RECORDS_IN_A_FILE, bases, random);
      writeFileSync(join(folder, name), FORMATS[name]?.(texts) ?? '');
    }
    const run = await replayOf(root, folder);
    rmSync(folder, { recursive: true });
    faults.push(...faultsOf(run, instances).map((fault) => `round ${round}: ${fault}`));
    peak = Math.max(peak, run.peak);
    seconds += run.seconds;
    written += names.length * RECORDS_IN_A_FILE;
  }
  console.log(
    `${written.toLocaleString('en')} mutated records in ${names.length} formats: ${rounds * names.length} thefts beside them, ${faults.length} faults, ${Math.round(seconds)} s, peak RSS ${peak} MB`,
  );
  for (const fault of faults) console.log(`  ${fault}`);
  return faults.length === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
