import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../package.json';
import type { Check, Report } from './check';
import { built, execute, lastWords, type Workshop } from './workshop';

const TARBALL = `credlock-${version}.tgz`;
/** What npm would run on the user's machine. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** The packed file, installed for all and run by npx: nothing but itself, nothing to build, and the demo's findings. */
export const checkPackage: Check = {
  name: 'package',
  async run(workshop): Promise<Report> {
    await built(workshop);
    const folder = join(workshop.cache, 'package');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await npm(workshop.root, 'pack', '--ignore-scripts', '--pack-destination', folder);
    const tarball = join(folder, TARBALL);
    const start = performance.now();
    await npm(folder, 'install', '--global', '--offline', '--prefix', folder, tarball);
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    const { size } = await stat(tarball);
    return {
      summary: `${TARBALL} (${(size / 1e6).toFixed(1)} MB) installs in ${seconds} s, with \`npm install -g\` and npx`,
      details: [],
      faults: [...(await contentFaults(folder)), ...(await runFaults(workshop, folder, tarball))],
    };
  },
};

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  const outcome = await execute('npm', [...args, '--no-audit', '--no-fund'], { cwd });
  if (outcome.status !== 0) throw new Error(`npm ${args[0]} fails:\n${lastWords(outcome)}`);
}

async function contentFaults(folder: string): Promise<string[]> {
  const modules = join(folder, 'lib/node_modules');
  const installed = (await readdir(modules)).filter((name) => !name.startsWith('.'));
  const { dependencies = {}, scripts = {} } = JSON.parse(
    await readFile(join(modules, 'credlock/package.json'), 'utf8'),
  ) as { dependencies?: object; scripts?: object };
  const notices = await readFile(join(modules, 'credlock/dist/THIRD-PARTY-NOTICES.txt'), 'utf8').catch(() => '');
  const bill = await readFile(join(modules, 'credlock/dist/sbom.cdx.json'), 'utf8').catch(() => '');
  return [
    ...[notices, bill].flatMap((text, at) =>
      text.includes('@aws-sdk/client-s3')
        ? []
        : [`its ${at === 0 ? 'notices' : 'bill of materials'} lack what it bundles`],
    ),
    ...(installed.join() === 'credlock' ? [] : [`it installs ${installed.join(', ')}`]),
    ...Object.keys(dependencies).map((name) => `it depends on ${name}`),
    ...INSTALL_SCRIPTS.filter((name) => name in scripts).map((name) => `it runs a script at ${name}`),
  ];
}

async function runFaults({ root }: Workshop, folder: string, tarball: string): Promise<string[]> {
  const demo = join(root, 'demo');
  const given = ['--config', join(demo, 'credlock.json'), '--ip-ranges', join(demo, 'ip-ranges.json')];
  const runs = [
    { command: join(folder, 'bin/credlock'), args: ['--version'], shows: version },
    { command: join(folder, 'bin/credlock'), args: ['replay', join(demo, 'trail'), ...given], shows: 'OutsideAWS' },
    { command: join(folder, 'bin/credlock'), args: ['guardrails', 'print'], shows: 'Statement' },
    { command: 'npx', args: ['--yes', '--offline', '--package', tarball, 'credlock', '--version'], shows: version },
  ];
  const faults: string[] = [];
  for (const { command, args, shows } of runs) {
    const { status, stdout, stderr } = await execute(command, args, { cwd: folder });
    const told = `${command} ${args.join(' ')}`;
    if (status !== 0) faults.push(`${told} exits with ${status}: ${stderr.slice(-500)}`);
    else if (!`${stdout}${stderr}`.includes(shows)) faults.push(`${told} does not print ${shows}`);
  }
  return faults;
}
