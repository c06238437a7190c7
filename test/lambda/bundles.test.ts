import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub, notificationOf, type HandlerCode } from './hub';
import { AWAY_ADDRESS, call, HOME_ADDRESS, logFile, logFileKey } from './records';

const ROOT = join(__dirname, '../..');
const HANDLERS = [
  'confirm',
  'hunt',
  'observe',
  'observe-kubernetes',
  'posture',
  'publish',
  'refresh-ip-ranges',
  'rejudge',
  'verify',
  'watch',
];
const folder = mkdtempSync(join(tmpdir(), 'credlock-handlers-'));
let sizes: Record<string, number>;
let errorClasses: string[];
/** The Node.js that the bundles run on: by default the one that runs the tests. */
const { LAMBDA_NODE = process.execPath } = process.env;
let lambda: ChildProcess | undefined;
const printed: string[] = [];

beforeAll(() => {
  const script = `
    const { buildHandlers, ERROR_CLASSES } = await import(${JSON.stringify(join(ROOT, 'build-handlers.mjs'))});
    const sizes = Object.fromEntries(await buildHandlers(${JSON.stringify(folder)}));
    console.log(JSON.stringify({ sizes, errorClasses: [...ERROR_CLASSES] }));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, encoding: 'utf8' });
  ({ sizes, errorClasses } = JSON.parse(output) as { sizes: Record<string, number>; errorClasses: string[] });
});

afterEach(() => {
  lambda?.kill();
  lambda = undefined;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every handler is below 770 kB', () => {
  expect(Object.keys(sizes).sort()).toEqual(HANDLERS);
  expect(Object.entries(sizes).filter(([, bytes]) => bytes > 770_000)).toEqual([]);
});

test('the handlers that read log files have the scanner beside their bundles, which is not in their sizes', () => {
  const scanners = ['hunt', 'observe'].map((name) => statSync(join(folder, name, 'scan-records.wasm')).size);
  expect(Math.max(...scanners)).toBeLessThan(20_000);
});

test('handlers tell apart by class only errors whose classes are bundled', () => {
  const told = sources().flatMap((text) => Array.from(text.matchAll(/import \{([^}]+)\} from '(@aws-sdk\/[^']+)'/g)));
  const classes = told.flatMap(([, names = '', from = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => isErrorOf(from, name) && !name.endsWith('ServiceException')),
  );
  expect(classes).toContain('ConditionalCheckFailedException');
  expect(classes.filter((name) => !errorClasses.includes(name))).toEqual([]);
});

test('each says what its environment lacks when it is called, not when it is loaded', async () => {
  for (const name of HANDLERS)
    await expect(invoke(name, {}, {})).rejects.toThrow(/environment of \w+: .*CREDLOCK_\w+ must .*, got nothing/);
});

test('what is deployed finds a theft in a log file and delivers it to all sinks', async () => {
  const around: { variables: Record<string, string> } = { variables: {} };
  const handler = (name: string) => () => (event: unknown) => invoke(name, event, around.variables);
  const code = Object.fromEntries(
    HANDLERS.map((name) => [`${camelCase(name)}Handler`, handler(name)]),
  ) as unknown as HandlerCode;
  // It goes by the machine's clock.
  const hub = await startHub({ code, start: new Date().toISOString(), settings: { holdMinutes: 0 } });
  const { accessKeyId, secretAccessKey } = hub.wire.clientConfig().credentials;
  around.variables = {
    ...hub.variables,
    AWS_ENDPOINT_URL: hub.wire.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  try {
    const records = [call('00:00', HOME_ADDRESS, minutesAgo(60)), call('00:00', AWAY_ADDRESS, minutesAgo(10))];
    hub.wire.s3.put('organization-trail', logFileKey(), logFile(records));
    await hub.send(notificationOf([logFileKey()]));
    await hub.send(notificationOf([logFileKey('gone')]));
    await hub.send('not json');
    await hub.settle();
    await hub.send(notificationOf([logFileKey()]));
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ state: 'ACTIVE', type: 'OutsideAWS' }]);
    expect([hub.onBus().size, hub.wire.sns.messages.length]).toEqual([1, 1]);
    expect(hub.queue('quarantine').messages.map(({ attributes }) => attributes['reason']?.StringValue)).toEqual([
      'object-gone',
      'not-json',
    ]);
    expect(await hub.rejudge()).toEqual({ open: 1, asked: 1 });
    expect(await hub.watch({ task: 'canary' })).toEqual({ sent: 1, refused: 0, missing: 0 });
    expect(await hub.watch({ task: 'check' })).toEqual({ sources: 0, kinds: 0, rules: 0 });
    // Every line is an entry of the log: no warnings of Node.js or of the SDK.
    expect(linesIn(printed.join('')).filter((line) => !line.startsWith('{"level":'))).toEqual([]);
  } finally {
    await hub.close();
  }
});

test('the handler of hunts has what it writes reports with beside it', () => {
  const script = `console.log(Object.keys(require(${JSON.stringify(join(folder, 'hunt/report-files.js'))}).reportFiles))`;
  expect(execFileSync(LAMBDA_NODE, ['-e', script], { encoding: 'utf8' })).toContain("[ 'pictureOf', 'files' ]");
});

function sources(): string[] {
  const names = readdirSync(join(ROOT, 'lambda'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(ROOT, 'lambda', name), 'utf8'));
}

function isErrorOf(client: string, name: string): boolean {
  const exported = (createRequire(__filename)(client) as Record<string, unknown>)[name];
  return typeof exported === 'function' && exported.prototype instanceof Error;
}

/** Calls a bundle's handler as Lambda does: in a process of its own, with nothing but its environment. */
async function invoke(name: string, event: unknown, variables: Record<string, string>): Promise<unknown> {
  lambda ??= start(variables);
  lambda.send({ name, event });
  const [{ answer, error }] = (await once(lambda, 'message')) as [{ answer?: unknown; error?: string }];
  if (error !== undefined) throw new Error(error);
  return answer;
}

function start(variables: Record<string, string>): ChildProcess {
  const runtime = join(folder, 'runtime.js');
  writeFileSync(
    runtime,
    `process.on('message', async ({ name, event }) => {
      try {
        const { handler } = require(\`\${__dirname}/\${name}/index.js\`);
        process.send({ answer: await handler(event, {}) });
      } catch (error) {
        process.send({ error: String(error?.stack) });
      }
    });`,
  );
  const child = fork(runtime, {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...variables },
    execPath: LAMBDA_NODE,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  return child;
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function minutesAgo(minutes: number): { extra: object } {
  const eventTime = new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+/, '');
  return { extra: { eventTime } };
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
}
