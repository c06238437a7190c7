import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateTrail, type Trail } from './generate-trail';
import { measured, medianOf, type Measured } from './measured-command';
import { HEAVY_BENCH, REPLAY_BENCH, type TrailShape } from './trail-world';

/** One way to go through a trail: a command line for bash. */
interface Contender {
  readonly name: string;
  readonly command: string;
}

const [root = '.', ...options] = process.argv.slice(2);
const ROUNDS = Number(options.find((option) => /^\d+$/.test(option)) ?? 3);
const MIXES: Readonly<Record<string, TrailShape>> = { realistic: REPLAY_BENCH, heavy: HEAVY_BENCH };

/** A twentieth of the bench's records, so that the table takes minutes, not hours. */
const GROWTH: TrailShape = { ...REPLAY_BENCH, records: 20_000, workloads: 200, judged: 0.5 };
const TIMES = [1, 3, 10];
const GROWING: Readonly<Record<string, (times: number) => Partial<TrailShape>>> = {
  records: (times) => ({ records: GROWTH.records * times }),
  workloads: (times) => ({ workloads: GROWTH.workloads * times, records: GROWTH.records * times }),
  'origins of one workload': (times) => ({ originsOfOneSession: 500 * times }),
  'workloads behind one address': (times) => ({
    workloads: GROWTH.workloads * times,
    workloadsPerNat: GROWTH.workloads * times,
    records: GROWTH.records * times,
  }),
  'workloads of one attacker': (times) => ({
    workloads: GROWTH.workloads * times,
    thefts: GROWTH.workloads * times,
    theftAddresses: 1,
    records: GROWTH.records * times,
  }),
  'restarts of one instance': (times) => ({ restarts: 2_000 * times }),
};

const CLI = join(root, 'dist/bin/credlock.js');
const BENCH = join(tmpdir(), 'credlock-bench');

void main();

async function main(): Promise<void> {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run \`npm run build\` first`);
  const mixes = options.includes('--growth-only') ? [] : Object.entries(MIXES);
  for (const [name, shape] of mixes) await compare(name, shape);
  if (!options.includes('--no-growth')) await growth();
}

async function compare(mix: string, shape: TrailShape): Promise<void> {
  const folder = join(BENCH, mix);
  process.stderr.write(`A trail of ${shape.records} records in ${folder}, written once …\n`);
  const trail = await generateTrail(folder, shape);
  describe(mix, trail);
  const found = join(folder, 'findings.jsonl');
  const contenders = [
    { name: 'zcat > /dev/null', command: `zcat "${trail.folder}"/*.gz > /dev/null` },
    { name: 'replay, one core', command: `${replay(trail, found, 1)} 2> /dev/null` },
    { name: 'replay, all cores', command: `${replay(trail, found, null)} 2> /dev/null` },
    { name: 'parse everything', command: parseEverything(trail) },
    ...(options.includes('--peers') ? peers(trail.folder) : []),
  ];
  report(trail, await inTurns(contenders));
  const lines = readFileSync(found, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const missed = trail.stolen.filter((id) => !lines.some((line) => line.includes(id)));
  console.log(
    `${lines.length} findings; ${trail.stolen.length - missed.length} of ${trail.stolen.length} planted thefts found`,
  );
}

function replay(trail: Trail, out: string, threads: number | null): string {
  const limit = threads === null ? '' : ` --threads ${threads}`;
  return `"${process.execPath}" "${CLI}" replay "${trail.folder}" --ip-ranges "${trail.ipRanges}" --format jsonl --out "${out}"${limit}`;
}

function parseEverything({ folder }: Trail): string {
  return `"${process.execPath}" "${join(root, 'bench/parse-everything.mjs')}" "${folder}" > /dev/null`;
}

const ORJSON =
  'import sys,glob,gzip,orjson; print(sum(1 for f in glob.glob(sys.argv[1]+"/*.gz") for r in orjson.loads(gzip.open(f).read())["Records"] if r.get("userIdentity")))';

/** Those of the other tools that are installed. */
function peers(folder: string): Contender[] {
  const sql = `select count(*) from (select unnest("Records") r from read_json('${folder}/*.gz', maximum_object_size=1000000000)) where r.userIdentity is not null`;
  const all = [
    { name: 'DuckDB', asked: 'duckdb --version', command: `duckdb -c "${sql.replaceAll('"', '\\"')}" > /dev/null` },
    {
      name: 'jq',
      asked: 'jq --version',
      command: `zcat "${folder}"/*.gz | jq -c '.Records[] | select(.userIdentity) | .eventID' > /dev/null`,
    },
    {
      name: 'orjson',
      asked: 'python3 -c "import orjson"',
      command: `python3 -c '${ORJSON}' "${folder}" > /dev/null`,
    },
  ];
  return all.filter(({ asked }) => spawnSync('bash', ['-c', asked], { stdio: 'ignore' }).status === 0);
}

function describe(mix: string, { files, records, bytes, gzippedBytes }: Trail): void {
  const ratio = (bytes / gzippedBytes).toFixed(1);
  console.log(
    `\n${mix}: ${files} files, ${records} records, ${megabytes(bytes)} MB, gzipped ${megabytes(gzippedBytes)} MB (${ratio}:1)`,
  );
}

/** The contenders take turns, so that a busy machine is busy for all. */
async function inTurns(contenders: readonly Contender[]): Promise<Map<string, Measured>> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Measured[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, command } of contenders) runs.get(name)?.push(await measured(command));
  }
  return new Map([...runs].map(([name, several]) => [name, medianOf(several)]));
}

function report(trail: Trail, results: ReadonlyMap<string, Measured>): void {
  const zcat = results.get('zcat > /dev/null')?.wall ?? Number.NaN;
  const parse = results.get('parse everything')?.wall ?? Number.NaN;
  row('whole process, medians', ['wall s', 'CPU s', 'peak MB', 'MB/s', '× zcat', '× parse']);
  for (const [name, { wall, cpu, peak }] of results) {
    const speed = [megabytes(trail.bytes / wall), (zcat / wall).toFixed(2), (parse / wall).toFixed(2)];
    row(name, [wall.toFixed(2), cpu.toFixed(2), peak.toFixed(0), ...speed]);
  }
}

/** Seconds and peak memory at 1, 3 and 10 times of what a trail is made of. */
async function growth(): Promise<void> {
  console.log('');
  row(
    'growth: CPU s, MB',
    TIMES.flatMap((times) => [`× ${times}`, '']),
  );
  for (const [name, shapeAt] of Object.entries(GROWING)) {
    const columns: string[] = [];
    for (const times of TIMES) {
      const folder = join(BENCH, `growth-${name.replaceAll(' ', '-')}-${times}`);
      const trail = await generateTrail(folder, { ...GROWTH, ...shapeAt(times) });
      const runs = await inTurns([{ name, command: `${replay(trail, '/dev/null', null)} 2> /dev/null` }]);
      const { cpu, peak } = runs.get(name) ?? { cpu: Number.NaN, peak: 0 };
      columns.push(cpu.toFixed(2), peak.toFixed(0));
    }
    row(name, columns);
  }
}

function row(name: string, columns: readonly string[]): void {
  console.log(name.padEnd(30) + columns.map((column) => column.padStart(9)).join(''));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
