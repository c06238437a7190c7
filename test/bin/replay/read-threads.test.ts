import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { seededRandom } from '../../../trail-writer/random';
import { trailScenarios } from '../../scenario';
import { importOf, sharedBuild } from '../../shared-build';
import { scannerFolder } from '../../test-scanner';
import { bundledCommand, place, removeAll } from '../credlock-command';
import { writeFolder, type Folder } from './mixed-folder';
import type { Outcome } from './read-folder';

const SEED = Number(process.env['READ_THREADS_SEED'] ?? 20_261_207);
const THREADS = [1, 2, 3];

const scenarios = trailScenarios().flatMap(({ records }) => records as object[]);
const bundled = sharedBuild(
  'read-folder',
  (outdir) => `${importOf('separateBundles', 'build-cli.mjs')}
    const { build } = await import('esbuild');
    const [entryPoints, outdir] = [['test/bin/replay/read-folder.ts'], ${JSON.stringify(outdir)}];
    const supported = { 'dynamic-import': false };
    await build({ entryPoints, outdir, bundle: true, platform: 'node', supported, plugins: [separateBundles] });`,
);

afterAll(removeAll);

/** The script beside the bundles of the command line, which starts their threads. */
async function scriptWith(scanner: 'usual' | 'small'): Promise<string> {
  const script = place('read-folder.js');
  const copied: readonly (readonly [from: string, names: readonly string[]])[] = [
    [bundled, ['read-folder.js']],
    [dirname(await bundledCommand()), ['read-worker.js', 'scan-worker.js', 'decoders.js']],
    [scannerFolder(scanner), ['scan-records.wasm']],
  ];
  for (const [from, names] of copied)
    for (const name of names) copyFileSync(join(from, name), join(dirname(script), name));
  return script;
}

async function outcomesOf(args: readonly string[]): Promise<Outcome[]> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1_000_000_000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

test.each<[Folder, 'usual' | 'small']>([
  ['of all forms', 'usual'],
  ['of many small files', 'usual'],
  ['with large files', 'usual'],
  ['of odd records', 'usual'],
  ['of odd records', 'small'],
])('a folder %s gives the same on several threads, with the %s scanner', async (kind, scanner) => {
  const folder = place('trail');
  mkdirSync(folder);
  writeFolder(kind, folder, scenarios, seededRandom(SEED));
  const outcomes = await outcomesOf([await scriptWith(scanner), folder, ...THREADS.map(String)]);
  expect(outcomes.map(({ threads }) => threads)).toEqual(THREADS);
  const [{ lines: alone }, ...others] = outcomes as [Outcome, ...Outcome[]];
  expect(alone.length).toBeGreaterThan(100);
  for (const { threads, lines } of others) {
    const [of, ofAlone] = [new Set(lines), new Set(alone)];
    const lost = alone.filter((line) => !of.has(line));
    const added = lines.filter((line) => !ofAlone.has(line));
    expect({ threads, lost, added, length: lines.length }).toEqual({
      threads,
      lost: [],
      added: [],
      length: alone.length,
    });
  }
});

test.each([
  ['scan', [1, 2, 3]],
  ['read', [1, 1, 1]],
])('as many threads as can start read a folder where the script of those to %s is missing', async (name, started) => {
  const folder = place('trail');
  mkdirSync(folder);
  writeFolder('of many small files', folder, scenarios, seededRandom(SEED));
  const script = await scriptWith('usual');
  rmSync(join(dirname(script), `${name}-worker.js`));
  const [one, ...others] = await outcomesOf([script, folder, ...THREADS.map(String)]);
  expect([one, ...others].map((outcome) => outcome?.threads)).toEqual(started);
  for (const { lines } of others) expect(lines).toEqual(one?.lines);
});

test.each([
  ['scan', 2, 'the thread that scans'],
  ['read', 3, 'a thread that reads'],
])('a run fails whose thread to %s ends before it has answered', async (name, threads, thread) => {
  const folder = place('trail');
  mkdirSync(folder);
  writeFolder('of many small files', folder, scenarios, seededRandom(SEED));
  const script = await scriptWith('usual');
  writeFileSync(join(dirname(script), `${name}-worker.js`), 'process.exit(0);');
  const run = promisify(execFile)(process.execPath, [script, folder, `${threads}`]);
  await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(`${thread} ended (code 0)`) });
});
