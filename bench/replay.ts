import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateTrail, type Trail } from './generate-trail';
import { REPLAY_BENCH } from './trail-world';

/** One way to go through the trail: a command line for the shell, whose output goes to `output`. */
interface Contender {
  readonly name: string;
  readonly command: string;
}

const [root = '.', rounds = '5'] = process.argv.slice(2);

void main();

async function main(): Promise<void> {
  const cli = join(root, 'dist/bin/credlock.js');
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run \`npm run build\` first`);
  const folder = join(tmpdir(), 'credlock-bench', 'replay');
  process.stderr.write(`A trail of ${REPLAY_BENCH.records} records in ${folder}, written once …\n`);
  const trail = await generateTrail(folder, REPLAY_BENCH);
  describe(trail);
  const found = join(folder, 'findings.jsonl');
  const replay = `"${process.execPath}" "${cli}" replay "${trail.folder}" --ip-ranges "${trail.ipRanges}" --format jsonl`;
  const contenders: Contender[] = [
    { name: 'zcat > /dev/null', command: `zcat "${trail.folder}"/*.gz > /dev/null` },
    { name: 'credlock replay', command: `${replay} --out "${found}" 2> /dev/null` },
    {
      name: 'parse everything',
      command: `"${process.execPath}" "${join(root, 'bench/parse-everything.mjs')}" "${trail.folder}" > /dev/null`,
    },
  ];
  report(trail, contenders, measured(contenders, Number(rounds)));
  const lines = readFileSync(found, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const missed = trail.stolen.filter((id) => !lines.some((line) => line.includes(id)));
  console.log(
    `${lines.length} findings; ${trail.stolen.length - missed.length} of ${trail.stolen.length} planted thefts found`,
  );
}

function describe({ files, records, bytes, gzippedBytes }: Trail): void {
  const ratio = (bytes / gzippedBytes).toFixed(1);
  console.log(
    `${files} files, ${records} records, ${megabytes(bytes)} MB, gzipped ${megabytes(gzippedBytes)} MB (${ratio}:1)`,
  );
}

/** Seconds of every run by contender; they take turns, so that a busy machine is busy for all. */
function measured(contenders: readonly Contender[], turns: number): Map<string, number[]> {
  const seconds = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { name, command } of contenders) {
      const began = performance.now();
      const { status } = spawnSync('/bin/sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
      if (status !== 0) throw new Error(`${command} ended with ${status}`);
      seconds.get(name)?.push((performance.now() - began) / 1000);
    }
  }
  return seconds;
}

function report(trail: Trail, contenders: readonly Contender[], seconds: Map<string, number[]>): void {
  const zcat = median(seconds.get('zcat > /dev/null') ?? []);
  console.log(
    `${'whole process, median'.padEnd(24)}${'seconds'.padStart(10)}${'MB/s'.padStart(10)}${'× zcat'.padStart(10)}`,
  );
  for (const { name } of contenders) {
    const taken = median(seconds.get(name) ?? []);
    const columns = [taken.toFixed(2), megabytes(trail.bytes / taken), (zcat / taken).toFixed(2)];
    console.log(name.padEnd(24) + columns.map((column) => column.padStart(10)).join(''));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
