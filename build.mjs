import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { buildCli } from './build-cli.mjs';
import { buildHandlers, MOST_BYTES } from './build-handlers.mjs';
import { buildLibrary } from './build-library.mjs';
import { writeNotices } from './build-notices.mjs';

const SHEBANG = '#!/usr/bin/env node\n';
const CLI = 'dist/bin/credlock.js';

await rm('dist', { recursive: true, force: true });
await buildCli('dist/bin');

const bundle = await readFile(CLI, 'utf8');
if (!bundle.startsWith('#!')) await writeFile(CLI, SHEBANG + bundle);
await chmod(CLI, 0o755);

const sizes = await buildHandlers('dist/lambda');
for (const [handler, bytes] of sizes) console.log(`dist/lambda/${handler}/index.js ${(bytes / 1000).toFixed(0)} kB`);
const large = [...sizes].filter(([, bytes]) => bytes > MOST_BYTES).map(([handler]) => handler);
if (large.length > 0) throw new Error(`larger than ${MOST_BYTES / 1000} kB: ${large.join(', ')}`);

await buildLibrary('dist');
console.log(`dist/THIRD-PARTY-NOTICES.txt: ${await writeNotices('dist')} packages`);
