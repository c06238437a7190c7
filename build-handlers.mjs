import { copyFile, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { notePackages } from './build-notices.mjs';
import { reportAssets } from './build-report.mjs';
import { compileScanner, SCANNER } from './build-scanner.mjs';

export const HANDLERS = [
  'observe',
  'confirm',
  'publish',
  'rejudge',
  'verify',
  'refresh-ip-ranges',
  'watch',
  'posture',
  'hunt',
  'observe-kubernetes',
];

/** What Lambda loads at each cold start; more than this is refused. */
export const MOST_BYTES = 770_000;

/** Where credentials come from if not from the environment, as in Lambda they do, and streams of events, which none reads. */
const NEVER_LOADED = /^@(?:aws-sdk\/credential-provider-\w+|smithy\/(?:credential-provider-imds|core\/event-streams))/;

/** The error classes that handlers tell apart by class; all others are told by name, on the service's base error. */
export const ERROR_CLASSES = new Set(['ConditionalCheckFailedException']);

/** Bundles each handler into `<outdir>/<handler>/index.js`; gives their sizes in bytes. */
export async function buildHandlers(outdir, root = import.meta.dirname) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: HANDLERS.map((handler) => ({ in: join(root, 'lambda', `${handler}.ts`), out: `${handler}/index` })),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    mainFields: ['module', 'main'],
    plugins: [separateReport, withoutDeadWeight, withoutJsonSchema, notePackages],
    metafile: true,
    logLevel: 'warning',
  });
  await build({
    absWorkingDir: root,
    entryPoints: { 'report-files': 'bin/hunt/report-files.ts' },
    outdir: `${outdir}/hunt`,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    mainFields: ['module', 'main'],
    plugins: [reportAssets(root), withoutJsonSchema, notePackages],
    logLevel: 'warning',
  });
  await compileScanner(`${outdir}/hunt`, root);
  const folder = resolve(root, outdir);
  await copyFile(join(folder, 'hunt', SCANNER), join(folder, 'observe', SCANNER));
  const sizes = Object.values(metafile.outputs).map(({ entryPoint, bytes }) => [
    HANDLERS.find((handler) => entryPoint === `lambda/${handler}.ts`),
    bytes,
  ]);
  return new Map(sizes);
}

/** Keeps the HTML report out of the handler of hunts, most of whose stages need none. */
const separateReport = {
  name: 'separate-report',
  setup({ onResolve }) {
    onResolve({ filter: /\/report-files\.js$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './report-files.js', external: true } : undefined,
    );
  },
};

/** Leaves out what no handler uses and esbuild cannot see: it is most of S3's and half of Security Hub's client. */
const withoutDeadWeight = {
  name: 'without-dead-weight',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: NEVER_LOADED }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({ path, namespace: 'of-lambda' }));
    onLoad({ filter: /.*/, namespace: 'of-lambda' }, () => ({
      contents: CREDENTIALS_OF_LAMBDA,
      resolveDir: join(import.meta.dirname, 'node_modules/@aws-sdk/core'),
    }));
    onLoad({ filter: /@aws-sdk\/client-[\w-]+\/dist-es\/schemas\/schemas_0\.js$/ }, async ({ path }) => ({
      contents: withFewErrors(withPlainKeys(await readFile(path, 'utf8'))),
    }));
    onLoad({ filter: /\/(?:Sha1|Sha256|Sha512|Md5)Js\.js$/ }, ({ path }) => ({
      contents: `export const ${basename(path, '.js')} = undefined;`,
    }));
    onLoad({ filter: /node_modules\/@aws-sdk\/[\w-]+\/package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
      loader: 'json',
    }));
    onLoad({ filter: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/ }, () => ({
      contents: NO_EVENT_STREAMS,
    }));
  },
};

/** zod can make JSON Schema of its schemas, which is never asked of it. */
export const withoutJsonSchema = {
  name: 'without-json-schema',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/core\/(?:json-schema-processors|to-json-schema)\.js$/ }, async ({ path }) => ({
      contents: withoutBodies(await readFile(path, 'utf8')),
    }));
  },
};

/** `{ [_hH]: 1 }` may have side effects for all esbuild knows, so that unused schemas stay; `{ "httpHeader": 1 }` has none. */
function withPlainKeys(source) {
  const names = new Map(Array.from(source.matchAll(/^const (\w+) = (".*");$/gm), ([, name, text]) => [name, text]));
  return source.replace(/\[(\w+)\]:/g, (key, name) => (names.has(name) ? `${names.get(name)}:` : key));
}

/** A registered error's class and schema stay. One that is not registered has its name and message all the same. */
function withFewErrors(source) {
  return source.replace(/^\w+_registry\.registerError\(\w+\$, (\w+)\);$/gm, (call, name) =>
    name.endsWith('ServiceException') || ERROR_CLASSES.has(name) ? call : '',
  );
}

/** Lambda gives a function its role's credentials in the environment, anew for each container. */
const CREDENTIALS_OF_LAMBDA = `
  import { fromEnv } from '@aws-sdk/credential-provider-env';
  export const defaultProvider = fromEnv;
`;

/** S3's client is made with these; only SelectObjectContent, which nobody calls, uses what they give. */
const NO_EVENT_STREAMS = `
  export const resolveEventStreamSerdeConfig = (config) => config;
  export const eventStreamSerdeProvider = () => undefined;
`;

/** The same exports; what zod makes JSON Schema with is made, but never called. */
function withoutBodies(source) {
  const names = Array.from(source.matchAll(/^export (?:const|function) (\w+)/gm), ([, name]) => name);
  const exported = names.map((name) => `export const ${name} = leftOut;`);
  return ['const leftOut = () => leftOut;', ...exported, 'export { leftOut as process };'].join('\n');
}
