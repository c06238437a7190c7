import { spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importOf, sharedBuild } from '../shared-build';
import type { Finding } from '../../lambda/detection/model/finding';

const ROOT = join(__dirname, '../..');
export const DEMO = join(ROOT, 'demo');
export const CONFIG = join(DEMO, 'credlock.json');
export const IP_RANGES = join(DEMO, 'ip-ranges.json');

/** Everything of one test file lies below it. */
const folder = mkdtempSync(join(tmpdir(), 'credlock-command-'));
const bundled = once(bundle);
let places = 0;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Around {
  /** Pieces are given from the time on at which the command has said something. */
  readonly stdin?: string | Buffer | AsyncIterable<string>;
  readonly env?: Record<string, string>;
  /** Makes the command see a terminal of so many columns. */
  readonly terminal?: number;
  /** On a terminal: milliseconds that pass whenever the command looks at the clock, however fast the machine is. */
  readonly passing?: number;
  /** What nobody reads of what it writes. */
  readonly unread?: readonly ('stdout' | 'stderr')[];
  /** The folder it is started in. */
  readonly cwd?: string;
}

/** The file of the command line as it is shipped. */
export function bundledCommand(): Promise<string> {
  return bundled();
}

/** Runs the command line as it is shipped: today's bundle, in a process of its own. */
export async function credlock(args: readonly string[], around: Around = {}): Promise<Run> {
  const preload = around.terminal === undefined ? [] : ['--require', terminalOf(around.terminal, around.passing)];
  const options = { env: environment(around.env), ...(around.cwd !== undefined && { cwd: around.cwd }) };
  const child = spawn(process.execPath, [...preload, await bundled(), ...args], options);
  for (const stream of around.unread ?? []) child[stream].destroy();
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const spoken = event(child.stderr, 'data');
  const closed = event(child, 'close');
  await feed(child.stdin, around.stdin ?? '', spoken);
  const [code] = (await closed) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

/** `credlock replay` with the demo's ip-ranges.json. */
export function replay(args: readonly string[], around: Around = {}): Promise<Run> {
  return credlock(['replay', '--ip-ranges', IP_RANGES, ...args], around);
}

export async function findingsOf(args: readonly string[], around: Around = {}): Promise<Finding[]> {
  const { stdout } = await replay([...args, '--format', 'jsonl'], around);
  return linesOf(stdout).map((line) => JSON.parse(line) as Finding);
}

/** For what several tests look at: it is run for the first. */
export function once<T>(run: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => (result ??= run());
}

export function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** A folder of the demo trail, by the number it begins with. */
export function chapter(number: string): string {
  const name = readdirSync(join(DEMO, 'trail')).find((one) => one.startsWith(number));
  if (name === undefined) throw new Error(`the demo has no chapter ${number}`);
  return join(DEMO, 'trail', name);
}

/** The chapters of the demo that are about EC2; together they are more than the sum, by the addresses they share. */
export const DAY = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'].map(chapter);

/** A path of its own for each call, with nothing there. */
export function place(name: string): string {
  places += 1;
  const path = join(folder, String(places), name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

export function put(name: string, content: string | Buffer): string {
  const path = place(name);
  writeFileSync(path, content);
  return path;
}

export function removeAll(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** As `build.mjs` does it, in a place where nothing is stale. */
function bundle(): Promise<string> {
  const folderOfAll = sharedBuild(
    'command-line',
    (outdir) => `${importOf('buildCli', 'build-cli.mjs')} await buildCli(${JSON.stringify(outdir)});`,
  );
  return Promise.resolve(join(folderOfAll, 'credlock.js'));
}

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const cache = join(folder, 'no-cache');
  return { PATH, HOME, TMPDIR, TERM: 'xterm-256color', XDG_CACHE_HOME: cache, ...more };
}

function terminalOf(columns: number, passing?: number): string {
  const streams = `for (const stream of [process.stdout, process.stderr]) Object.assign(stream, { isTTY: true, columns: ${columns} });`;
  const clock = passing === undefined ? '' : `let now = Date.now(); Date.now = () => (now += ${passing});`;
  return put('terminal.cjs', streams + clock);
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

async function feed(
  stream: NodeJS.WritableStream,
  input: NonNullable<Around['stdin']>,
  spoken: Promise<unknown>,
): Promise<void> {
  // The command may end before it has read everything.
  stream.on('error', () => undefined);
  if (typeof input === 'string' || Buffer.isBuffer(input)) stream.write(input);
  else {
    await spoken;
    for await (const piece of input) stream.write(piece);
  }
  stream.end();
}
