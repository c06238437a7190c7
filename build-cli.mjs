import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { withoutJsonSchema } from './build-handlers.mjs';
import { notePackages } from './build-notices.mjs';
import { reportAssets } from './build-report.mjs';
import { compileScanner } from './build-scanner.mjs';

/** AWS's address ranges, used where none were downloaded. */
const SNAPSHOT = 'ip-ranges-snapshot.txt';

/** Bundles the CLI into `<outdir>/credlock.js`, beside it the bundles that only some commands load. */
export async function buildCli(outdir, root = import.meta.dirname) {
  const shared = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    mainFields: ['module', 'main'],
    // Node.js parses a module that is imported for its exports; `require` loads it in a quarter of the time.
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  };
  await mkdir(resolve(root, outdir), { recursive: true });
  await Promise.all([
    copyFile(join(root, 'bin/files', SNAPSHOT), resolve(root, outdir, SNAPSHOT)),
    compileScanner(outdir),
    build({
      ...shared,
      entryPoints: {
        credlock: 'bin/credlock.ts',
        decoders: 'bin/decoders.ts',
        kubernetes: 'bin/kubernetes.ts',
        operations: 'bin/operations.ts',
        hunts: 'bin/hunts.ts',
        'read-worker': 'bin/replay/read-worker.ts',
        'scan-worker': 'bin/replay/scan-worker.ts',
      },
      plugins: [separateBundles, withoutJsonSchema, notePackages],
    }),
    build({ ...shared, entryPoints: { report: 'bin/report/report.ts' }, plugins: [reportAssets(root), notePackages] }),
  ]);
}

/** Keeps the AWS clients (`operations`), hunts, the decoders of archives, the rules on clusters and the HTML report out of the main bundle, so that `replay` starts fast. */
export const separateBundles = {
  name: 'separate-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /\/(?:decoders|hunts|kubernetes|operations|report)\.js$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path)}`, external: true } : undefined,
    );
  },
};
