import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port';
import { pythonPrograms } from './tools';
import type { Workshop } from './workshop';

export interface Emulator {
  /** Of all services. */
  readonly endpoint: string;
  /** What SDK clients are made with, to be this account in this Region. */
  readonly clientConfig: (place: Place) => Promise<ClientConfig>;
  /** What requests without an SDK are sent with. */
  readonly headers: (place: Place, service: string) => Readonly<Record<string, string>>;
  /** Forgets everything. */
  readonly reset: () => Promise<void>;
  /** What it printed so far. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

export interface Place {
  readonly account: string;
  readonly region: string;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

/** Seconds. */
const STARTS_WITHIN = 60;

/**
 * Starts moto, an emulator of AWS, on this machine alone. With a matcher, EventBridge delivers as AWS's does. With a URL of
 * functions, state machines are executed, and invoke functions there.
 */
export async function startEmulator(
  workshop: Workshop,
  matcher: readonly string[] = [],
  { functions }: { readonly functions?: string } = {},
): Promise<Emulator> {
  const programs = await pythonPrograms(workshop);
  const port = await freePort();
  const program = join(workshop.root, 'conformance/emulator.py');
  const child = spawn(join(programs, 'python'), [program, String(port), ...matcher], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Functions are made, and not run, even where there is a Docker to run them in.
    env: {
      ...process.env,
      DOCKER_HOST: 'unix:///nowhere',
      PYTHONDONTWRITEBYTECODE: '1',
      MOTO_PORT: String(port),
      ...(functions !== undefined && { FUNCTIONS_AT: functions }),
    },
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
    clientConfig: (place: Place) => clientConfig(endpoint, place),
    headers: headersOf,
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

async function clientConfig(endpoint: string, place: Place): Promise<ClientConfig> {
  const credentials = await accessKey(endpoint, place);
  return { endpoint, region: place.region, credentials, maxAttempts: 1 };
}

/** moto knows an account by the access keys of its users. */
async function accessKey(endpoint: string, place: Place): Promise<ClientConfig['credentials']> {
  const user = { UserName: randomUUID(), Version: '2010-05-08' };
  const ask = async (Action: string): Promise<string> => {
    const headers = headersOf(place, 'iam');
    const body = new URLSearchParams({ Action, ...user });
    const answer = await fetch(endpoint, { method: 'POST', headers, body });
    return answer.text();
  };
  await ask('CreateUser');
  const text = await ask('CreateAccessKey');
  const [, accessKeyId] = /<AccessKeyId>(.*?)</.exec(text) ?? [];
  const [, secretAccessKey] = /<SecretAccessKey>(.*?)</.exec(text) ?? [];
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error(`moto gives no access key: ${text}`);
  return { accessKeyId, secretAccessKey };
}

/** As far as moto looks: it wants to know the account, the Region and the service. */
function headersOf({ account, region }: Place, service: string): Record<string, string> {
  return {
    'x-moto-account-id': account,
    Authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260901/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
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
