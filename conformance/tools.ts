import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, firstWords, type Outcome, type Workshop } from './workshop';

/** The folder of Event Ruler's jars. From Maven; kept in the cache as long as the POM does not change. */
export async function eventRulerJars({ root, cache }: Workshop): Promise<string> {
  const pom = join(root, 'conformance/event-ruler/pom.xml');
  return kept(cache, 'jars', await readFile(pom, 'utf8'), async (folder) => {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    succeeded('Maven', 'Event Ruler', await execute('mvn', ['-B', '-q', '-f', pom, ...goal]));
  });
}

/** The folder of the Python tools' programs. From PyPI; kept in the cache as long as the requirements do not change. */
export async function pythonPrograms({ root, cache }: Workshop): Promise<string> {
  const requirements = join(root, 'conformance/requirements.txt');
  const { stdout: version } = await execute('python3', ['--version']);
  const venv = await kept(cache, 'python', version + (await readFile(requirements, 'utf8')), async (folder) => {
    succeeded('Python', 'venv', await execute('python3', ['-m', 'venv', folder]));
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    succeeded('PyPI', 'the packages of requirements.txt', await execute(join(folder, 'bin/python'), pip));
  });
  return join(venv, 'bin');
}

/** The version of Node.js of the functions' runtime, `nodejs24.x`. */
export const LAMBDA_NODE = '24.22.3';

/** A version of Node.js, from npm. */
export async function nodeBinary({ cache }: Workshop, version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = await kept(cache, `node-${version}`, `${name}@${version}`, async (prefix) => {
    const npm = ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`];
    succeeded('npm', `${name}@${version}`, await execute('npm', npm));
  });
  return join(folder, 'node_modules', name, 'bin/node');
}

const making = new Map<string, Promise<string>>();

/** Checks run side by side: what two of them need is made once. */
async function kept(
  cache: string,
  name: string,
  madeFrom: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const made = making.get(name) ?? keptOnce(cache, name, madeFrom, make);
  making.set(name, made);
  return made;
}

/** Made anew where what it is made from changed, or where making it was cut short. */
async function keptOnce(
  cache: string,
  name: string,
  madeFrom: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  const stamp = join(cache, `${name}.made-from`);
  const hash = createHash('sha256').update(madeFrom).digest('hex');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await make(folder);
  await writeFile(stamp, hash);
  return folder;
}

function succeeded(registry: string, what: string, outcome: Outcome): void {
  if (outcome.status !== 0) throw new Error(`${registry} did not give ${what}:\n${firstWords(outcome)}`);
}
