import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp, type BuiltApp } from './synthesis';

const ROOT = join(__dirname, '../..');
/** What a consumer has installed himself, and aws-cdk-lib's own. */
const CONSUMERS = ['aws-cdk-lib', 'constructs', '@aws-cdk'];
const APP = `
  const { App, Stack } = require('aws-cdk-lib');
  const { Topic } = require('aws-cdk-lib/aws-sns');
  const { Detector, FindingDestination, HubStack } = require('credlock');
  const app = new App();
  new HubStack(app, 'security', { settings: { holdMinutes: 2 } });
  const stack = new Stack(app, 'own');
  new Detector(stack, 'Detector', { destinations: [FindingDestination.topic(new Topic(stack, 'Topic'))] });
  app.synth();
`;
/** As somebody who writes TypeScript sees the types: each with its own, none of zod's. */
const TYPED = `
  import { App } from 'aws-cdk-lib';
  import { HubStack, notCovered, type HubProps, type NotCovered } from 'credlock';
  const props: HubProps = { mode: 'single', workloads: ['ec2-instance'] };
  const missed: NotCovered[] = notCovered({ workloads: ['eks-pod'], forwardAll: false });
  new HubStack(new App(), 'security', props).hub.detector.handlers.observe.metric(missed[0]?.what ?? '');
`;

let built: BuiltApp;
let consumer: string;

beforeAll(() => {
  built = buildApp();
  consumer = mkdtempSync(join(tmpdir(), 'credlock-consumer-'));
  const packed = pack();
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }');
  execFileSync('npm', ['install', packed, '--offline', '--ignore-scripts', '--omit=peer', '--no-audit', '--no-fund'], {
    cwd: consumer,
    stdio: 'pipe',
  });
  for (const name of CONSUMERS) symlinkSync(join(ROOT, 'node_modules', name), join(consumer, 'node_modules', name));
});

afterAll(() => {
  built.remove();
  rmSync(consumer, { recursive: true, force: true });
});

/** The tarball as `npm pack` makes it, of what was just built instead of an old `dist`. */
function pack(): string {
  const staged = mkdtempSync(join(built.folder, 'staged-'));
  for (const file of ['package.json', 'README.md', 'LICENSE']) cpSync(join(ROOT, file), join(staged, file));
  for (const folder of ['guardrails', 'lambda', 'lib'])
    cpSync(join(built.folder, folder), join(staged, 'dist', folder), { recursive: true });
  mkdirSync(join(staged, 'dist/bin'), { recursive: true });
  cpSync(join(built.folder, 'bin/app.js'), join(staged, 'dist/bin/app.js'));
  writeFileSync(join(staged, 'dist/bin/credlock.js'), '#!/usr/bin/env node\n');
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', built.folder], { cwd: staged, stdio: 'pipe' });
  const [tarball = ''] = readdirSync(built.folder).filter((file) => file.endsWith('.tgz'));
  return join(built.folder, tarball);
}

test('a project with nothing but CDK synthesises it in ten lines of JavaScript', () => {
  writeFileSync(join(consumer, 'app.js'), APP);
  const outdir = join(consumer, 'cdk.out');
  execFileSync(process.execPath, ['app.js'], { cwd: consumer, env: { PATH: process.env['PATH'], CDK_OUTDIR: outdir } });
  for (const stack of ['security', 'own']) {
    const template = readFileSync(join(outdir, `${stack}.template.json`), 'utf8');
    expect(template).toContain('"credlock-observe"');
    expect(template).toContain('nodejs24.x');
  }
  const bundles = readdirSync(outdir).flatMap((entry) =>
    entry.startsWith('asset.') ? readdirSync(join(outdir, entry)) : [],
  );
  expect(bundles.filter((file) => file === 'index.js').length).toBeGreaterThanOrEqual(6);
});

test('nothing but the package itself was installed, neither a bundler nor a compiler', () => {
  const installed = readdirSync(join(consumer, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed.toSorted()).toEqual([...CONSUMERS, 'credlock'].toSorted());
  expect(readdirSync(join(consumer, 'node_modules/credlock/dist')).toSorted()).toEqual([
    'bin',
    'guardrails',
    'lambda',
    'lib',
  ]);
  expect(readdirSync(join(consumer, 'node_modules/credlock/dist/bin'))).toEqual(['credlock.js']);
});

test('its types are there, and need nobody else’s', () => {
  writeFileSync(join(consumer, 'typed.ts'), TYPED);
  const options = {
    strict: true,
    module: 'NodeNext',
    noEmit: true,
    types: ['node'],
    skipLibCheck: false,
    target: 'ES2022',
  };
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['typed.ts'] }));
  symlinkSync(join(ROOT, 'node_modules/@types'), join(consumer, 'node_modules/@types'));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], {
    cwd: consumer,
    encoding: 'utf8',
  });
  // CDK's own declarations are not checked by whoever uses them.
  expect(stdout.split('\n').filter((line) => /^(?:typed\.ts|node_modules\/credlock|error)/.test(line))).toEqual([]);
});
