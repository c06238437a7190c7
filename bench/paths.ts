import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LogFileScanner } from '../lambda/trail-files/log-file-scanner';
import { ObservingComparison } from '../test/properties/observing-comparison';
import { PathComparison } from '../test/properties/path-comparison';
import { TrailComparison } from '../test/properties/trail-comparison';
import type { Scenario } from '../test/scenario';
import { seededRandom, type Random } from '../trail-writer/random';

/** Differences that are shown. */
const MOST_SHOWN = 3;

/** A way of drawing cases, of each of which the two ways of reading records must give the same. */
interface Kind {
  readonly cases: number;
  readonly compare: (random: Random) => Promise<void>;
  /** What was compared, and the share of it that the fast path read. */
  readonly seen: () => readonly [text: string, share: number];
  readonly leastShare: number;
}

/** Returns the number of faults. */
async function run({ cases, compare, seen, leastShare }: Kind, seed: number): Promise<number> {
  const random = seededRandom(seed);
  const started = Date.now();
  let differing = 0;
  for (let at = 0; at < cases; at += 1) {
    try {
      await compare(random);
    } catch (error) {
      differing += 1;
      if (differing <= MOST_SHOWN) console.log(`case ${at}:`, error);
    }
  }
  const [text, share] = seen();
  const isVain = share < leastShare;
  console.log(
    `${text}, ${Math.round(share * 100)} % by the fast path${isVain ? ', which is too little' : ''}: ${differing} differ (${Math.round((Date.now() - started) / 1_000)} s)`,
  );
  return differing + Number(isVain);
}

function kindsOf(root: string, cases: number): Kind[] {
  const scenarios = scenariosIn(join(root, 'test/scenarios'));
  const [usual, small] = scannersIn(root);
  const paths = new PathComparison(usual, scenarios);
  const observing = new ObservingComparison(usual);
  const trails = new TrailComparison(small);
  return [
    {
      cases,
      compare: (random) => paths.randomFile(random),
      seen: () => [`${paths.files.all} files with ${paths.files.records} records`, paths.files.fast / paths.files.all],
      leastShare: 0.5,
    },
    {
      cases: cases / 2,
      compare: (random) => paths.randomStream(random),
      seen: () => {
        const { all, records, inRuns } = paths.streams;
        return [`${all} streams with ${records} records`, inRuns / records];
      },
      leastShare: 0.5,
    },
    {
      cases: cases / 100,
      compare: (random) => trails.randomTrail(random),
      seen: () => {
        const { all, files, runs, parts } = trails.records;
        const { all: resets, ofRequests } = trails.resets;
        const text = `${all} records by a scanner that was full ${resets} times, ${ofRequests} times of requests`;
        return [text, (files + runs + parts) / all];
      },
      leastShare: 0.5,
    },
    {
      cases: cases / 10,
      compare: (random) => observing.randomFiles(random.pick(scenarios), random),
      seen: () => [
        `${observing.seen.records} records of files that are observed`,
        observing.seen.repeated / observing.seen.records,
      ],
      leastShare: 0.05,
    },
  ];
}

/** The usual scanner, and one that is soon full. */
function scannersIn(root: string): readonly [LogFileScanner, LogFileScanner] {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-bench-'));
  try {
    const script = `
      import { compileScanner } from './build-scanner.mjs';
      import { compileSmallScanner } from './test/compile-small-scanner.mjs';
      await compileScanner('${folder}/usual');
      await compileSmallScanner('${folder}/small');`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, stdio: 'inherit' });
    const [usual, small] = ['usual', 'small'].map((name) => LogFileScanner.create(join(folder, name)));
    if (!usual || !small) throw new Error('the scanner does not run');
    return [usual, small];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function scenariosIn(folder: string): (readonly unknown[])[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  const all = names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Scenario);
  return all.filter(({ audit = [] }) => audit.length === 0).map(({ records }) => records);
}

async function main(): Promise<void> {
  const [root = '.', ...args] = process.argv.slice(2);
  const { values } = parseArgs({ args, options: { cases: { type: 'string' }, seed: { type: 'string' } } });
  const { cases = '100000', seed = String(Date.now() % 1_000_000) } = values;
  console.log(`--cases ${cases} --seed ${seed}`);
  let faults = 0;
  for (const kind of kindsOf(root, Number(cases))) faults += await run(kind, Number(seed));
  process.exitCode = faults === 0 ? 0 : 1;
}

void main();
