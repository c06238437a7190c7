import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pythonPrograms } from './tools';
import type { Workshop } from './workshop';

export interface Emulator {
  /** Of all services. */
  readonly endpoint: string;
  /** Forgets everything. */
  readonly reset: () => Promise<void>;
  /** What it printed so far. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

/** Seconds. */
const STARTS_WITHIN = 60;

/** Starts moto, an emulator of AWS, as this account, on this machine alone. */
export async function startEmulator(workshop: Workshop, account = '123456789012'): Promise<Emulator> {
  const programs = await pythonPrograms(workshop);
  const port = await freePort();
  const child = spawn(join(programs, 'python'), [join(workshop.root, 'conformance/emulator.py'), String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Functions are made, and not run, even where there is a Docker to run them in.
    env: { ...process.env, MOTO_ACCOUNT_ID: account, DOCKER_HOST: 'unix:///nowhere' },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const endpoint = `http://127.0.0.1:${port}`;
  const reset = async (): Promise<void> => {
    const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    if (!ok) throw new Error(`moto does not forget: ${status}`);
  };
  const emulator = {
    endpoint,
    reset,
    log: () => said.join(''),
    close: () => end(child),
  };
  await answers(child, emulator).catch(async (error: unknown) => {
    await end(child);
    throw error;
  });
  return emulator;
}

async function answers(child: ChildProcess, { endpoint, log }: Emulator): Promise<void> {
  const since = performance.now();
  while (performance.now() - since < STARTS_WITHIN * 1_000) {
    if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}:\n${log()}`);
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => null);
    if (answer?.ok) return;
    await wait(200);
  }
  throw new Error(`moto did not answer within ${STARTS_WITHIN} s:\n${log()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
