// Bundles bench/NAME.ts and runs it: `node bench/run.mjs NAME [ARGUMENT …]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const [name, ...rest] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'credlock-bench-'));
const outfile = join(folder, `${name}.cjs`);
await build({
  entryPoints: [join(import.meta.dirname, `${name}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  packages: 'external',
});
const root = join(import.meta.dirname, '..');
const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
const { status } = spawnSync(process.execPath, [outfile, root, ...rest], { stdio: 'inherit', env });
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
