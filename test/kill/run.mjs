// Bundles the programs of this folder and runs the parent: `node test/kill/run.mjs [KILLS [SEED]]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'credlock-kill-'));
await build({
  entryPoints: ['kill-run', 'worker', 'database'].map((name) => join(import.meta.dirname, `${name}.ts`)),
  outdir: folder,
  bundle: true,
  platform: 'node',
  // Bundled, so that a worker that takes a killed one's place is there at once.
  external: ['dynalite'],
});
const root = join(import.meta.dirname, '../..');
const env = {
  ...process.env,
  NODE_PATH: join(root, 'node_modules'),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
const { status } = spawnSync(process.execPath, [join(folder, 'kill-run.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env,
});
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
