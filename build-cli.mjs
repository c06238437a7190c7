import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const WORKER = 'bin/replay/worker.ts';
const BROWSER = 'bin/report/browser';

/** Bundles the command line into `<outdir>/credlock.js`, and beside it what only some commands load. */
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
    logLevel: 'warning',
  };
  const worker = existsSync(join(root, WORKER)) ? { 'replay-worker': WORKER } : {};
  await Promise.all([
    build({
      ...shared,
      entryPoints: { credlock: 'bin/credlock.ts', operations: 'bin/operations.ts', ...worker },
      plugins: [apart],
    }),
    build({ ...shared, entryPoints: { report: 'bin/report/report.ts' }, plugins: [reportAssets(root)] }),
  ]);
}

/** `replay` loads neither what speaks to AWS nor the report before it is asked for: bundles of their own, beside the command line's. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(?:operations|report)\.js$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path)}`, external: true } : undefined,
    );
  },
};

/** What a browser runs, as text, and what draws when the report is written: see `bin/report/assets.d.ts`. */
function reportAssets(root) {
  const inBrowser = (file) => join(root, BROWSER, file);
  const texts = {
    'page-script': () => bundled(inBrowser('page.ts')),
    'rest-script': () => bundled(inBrowser('rest.ts')),
    styles: () => bundled(inBrowser('report.css')),
  };
  return {
    name: 'report-assets',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^report:drawings$/ }, () => ({ path: inBrowser('drawings.ts') }));
      onResolve({ filter: /^report:/ }, ({ path }) => ({ path: path.slice('report:'.length), namespace: 'report' }));
      onLoad({ filter: /.*/, namespace: 'report' }, async ({ path }) => ({
        contents: await texts[path](),
        loader: 'text',
      }));
    },
  };
}

async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    format: 'iife',
    minify: true,
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0].text.trim();
}
