// Bundles conformance.ts and runs it: `node conformance/run.mjs [ARGUMENT …]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'credlock-conformance-'));
const outfile = join(folder, 'conformance.cjs');
await build({
  entryPoints: [join(import.meta.dirname, 'conformance.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  packages: 'external',
  sourcemap: 'inline',
});
const env = {
  ...process.env,
  NODE_PATH: join(root, 'node_modules'),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
const { status } = spawnSync(process.execPath, [outfile, root, ...process.argv.slice(2)], { stdio: 'inherit', env });
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
