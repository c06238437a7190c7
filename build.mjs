import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildHandlers, MOST_BYTES } from './build-handlers.mjs';
import { buildLibrary } from './build-library.mjs';

const SHEBANG = '#!/usr/bin/env node\n';
const CLI = 'dist/bin/credlock.js';
const WORKER = 'bin/replay/worker.ts';

/** `replay` does not load what speaks to AWS: it is a bundle of its own, beside the command line's. */
const operationsApart = {
  name: 'operations-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/operations\.js$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './operations.js', external: true } : undefined,
    );
  },
};

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    credlock: 'bin/credlock.ts',
    operations: 'bin/operations.ts',
    ...(existsSync(WORKER) && { 'replay-worker': WORKER }),
  },
  outdir: 'dist/bin',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  mainFields: ['module', 'main'],
  plugins: [operationsApart],
  logLevel: 'warning',
});

const bundle = await readFile(CLI, 'utf8');
if (!bundle.startsWith('#!')) await writeFile(CLI, SHEBANG + bundle);
await chmod(CLI, 0o755);

const sizes = await buildHandlers('dist/lambda');
for (const [handler, bytes] of sizes) console.log(`dist/lambda/${handler}/index.js ${(bytes / 1000).toFixed(0)} kB`);
const large = [...sizes].filter(([, bytes]) => bytes > MOST_BYTES).map(([handler]) => handler);
if (large.length > 0) throw new Error(`larger than ${MOST_BYTES / 1000} kB: ${large.join(', ')}`);

await buildLibrary('dist');
