import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { notePackages } from './build-notices.mjs';

/** What whoever uses the library has already. */
const THEIRS = ['aws-cdk-lib', 'constructs'];

/**
 * Bundles the CDK app into `<dist>/bin/app.js` and the constructs into `<dist>/lib/index.js`, with their types beside them:
 * both find the handlers' bundles in `<dist>/lambda`, and nobody needs a compiler.
 */
export async function buildLibrary(dist, root = import.meta.dirname) {
  const options = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    plugins: [notePackages],
  };
  await Promise.all([
    build({
      ...options,
      entryPoints: ['bin/app.ts'],
      outfile: join(dist, 'bin/app.js'),
      external: [...THEIRS, 'cdk-nag'],
    }),
    build({ ...options, entryPoints: ['lib/index.ts'], outfile: join(dist, 'lib/index.js'), external: THEIRS }),
    declare(resolve(root, dist), root),
  ]);
}

/** Types come from the compiler, which has checked nothing here that `npm run check` does not. */
async function declare(outDir, root) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', join(root, 'tsconfig.lib.json'), '--outDir', outDir]);
}
