import { join } from 'node:path';
import { build } from 'esbuild';
import { notePackages } from './build-notices.mjs';

const BROWSER = 'bin/report/browser';

/** Browser scripts and styles as text, and the module that draws pictures while the report is written: see `bin/report/assets.d.ts`. */
export function reportAssets(root) {
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
    plugins: [notePackages],
  });
  return outputFiles[0].text.trim();
}
