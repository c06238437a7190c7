import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Where checks work. */
export interface Workshop {
  /** The repository. */
  readonly root: string;
  /** Files that may be lost: tools from the registries, templates, logs. In the repository, git-ignored. */
  readonly cache: string;
}

export function workshopIn(root: string): Workshop {
  return { root, cache: join(root, '.conformance') };
}

export interface Outcome {
  /** Exit code; 1 where a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly input?: string;
  /** Beside those of this process; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Seconds. @default 300 */
  readonly timeout?: number;
}

/** Runs a program to its end, whatever its exit code. Throws where it cannot be started, or takes too long. */
export async function execute(
  command: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<Outcome> {
  const { input = '', env, cwd, timeout = 300 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} took longer than ${timeout} s`));
    }, timeout * 1_000);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error.code === 'ENOENT' ? new Error(`${command} is not installed`) : error);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, stdout: text(out), stderr: text(err) });
    });
    // A child that ends early closes its input; its exit code says what is to be said.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}

/** The last lines that say something, for an error's message. */
export function lastWords(outcome: Outcome, lines = 5): string {
  return words(outcome).slice(-lines).join('\n');
}

/** The first lines that say something: where a program tells the cause before it tells what it means for the rest. */
export function firstWords(outcome: Outcome, lines = 5): string {
  return words(outcome).slice(0, lines).join('\n');
}

function words({ stdout, stderr }: Outcome): string[] {
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}`).split('\n');
  return lines.filter((line) => line.trim() !== '');
}

let build: Promise<void> | null = null;

/** Builds what is deployed and the command line, once a run: what is checked is what stands in the sources. */
export async function built({ root }: Workshop): Promise<void> {
  build ??= execute(process.execPath, ['build.mjs'], { cwd: root }).then((outcome) => {
    if (outcome.status !== 0) throw new Error(`the build failed:\n${lastWords(outcome, 20)}`);
  });
  return build;
}
