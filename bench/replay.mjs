// Bundles bench/replay.ts and runs it: `npm run bench:replay [-- ROUNDS]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'credlock-bench-'));
const outfile = join(folder, 'replay.cjs');
await build({ entryPoints: [join(import.meta.dirname, 'replay.ts')], outfile, bundle: true, platform: 'node' });
const root = join(import.meta.dirname, '..');
const { status } = spawnSync(process.execPath, [outfile, root, ...process.argv.slice(2)], { stdio: 'inherit' });
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
