import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Check, Report } from '../check';
import { startEmulator, type ClientConfig, type Place } from '../emulator';
import { Containers, runtimeProgram } from '../end-to-end/lambda-function';
import { LAMBDA_NODE, nodeBinary } from '../tools';
import { execute, type Workshop } from '../workshop';
import { FunctionServer, type Invoke } from './function-server';
import { StateMachine } from './state-machine';
import { synthesisedHunt, type SynthesisedHunt } from './synthesised';

/** The account that moto's interpreter of state machines acts in. */
const PLACE = { account: '123456789012', region: 'eu-west-1' } as const satisfies Place;
const TRAIL = 'organization-trail';
const HUNT = 'conformance';
const START = Date.parse('2026-09-01T00:00:00Z');
const END = Date.parse('2026-10-01T00:00:00Z');
/** Small, so that the demo's trail makes several batches and parts. */
const SIZES = { batchSize: 20_000, partSize: 15_000 };
/** So often the first child of `judge` fails, and as often the second of `read`. */
const FAILURES = 2;

/**
 * The synthesised state machine, executed by moto's interpreter over the demo's trail, with the bundled functions behind it,
 * compared with `credlock replay`. Two children fail twice, and the whole hunt is run a second time over its own work.
 */
export const checkHunt: Check = {
  name: 'hunt',
  async run(workshop): Promise<Report> {
    const hunt = await synthesisedHunt(workshop, PLACE, TRAIL);
    const node = await nodeBinary(workshop, LAMBDA_NODE);
    const fleet = new Fleet(hunt);
    const server = await FunctionServer.start((name, payload) => fleet.invoke(name, payload));
    const emulator = await startEmulator(workshop, [], { functions: server.url });
    try {
      const config = await emulator.clientConfig(PLACE);
      fleet.containers = new Containers({
        node,
        program: runtimeProgram(workshop.root),
        clockOffset: END - Date.now(),
        variables: variablesOf(config),
      });
      const s3 = new S3Client({ ...config, forcePathStyle: true });
      const objects = await putAll(workshop, s3, hunt.bucket);
      const machine = await StateMachine.make(emulator, PLACE, hunt.definition);
      const input = { hunt: HUNT, from: START, to: END, accounts: null, regions: null, ...SIZES };
      const expected = await replayed(workshop);
      await machine.run('first', input);
      const first = await reported(s3, hunt.bucket);
      await machine.run('second', input);
      const second = await reported(s3, hunt.bucket);
      const page = await pageFaults(s3, hunt.bucket, expected);
      s3.destroy();
      return {
        summary: `moto executes the state machine over ${objects} log files: ${expected.length} findings, as \`credlock replay\` has them`,
        details: [fleet.told()],
        faults: [
          ...(expected.length === 0 ? ['there is nothing to compare'] : []),
          ...(first.join('\n') === expected.join('\n') ? [] : [`${first.length} other findings than replay's`]),
          ...(second.join('\n') === expected.join('\n') ? [] : ['other findings when it runs again']),
          ...page,
          ...fleet.faults(),
        ],
      };
    } finally {
      fleet.containers?.stop();
      server.close();
      await emulator.close();
    }
  },
};

/** The deployed functions, and which children ran how often. */
class Fleet {
  containers: Containers | null = null;
  readonly #hunt: SynthesisedHunt;
  readonly #runs = new Map<string, number>();
  #failures = 0;

  constructor(hunt: SynthesisedHunt) {
    this.#hunt = hunt;
  }

  readonly invoke: Invoke = async (arn, payload) => {
    const { stage, child = 0 } = payload as { stage: string; child?: number };
    const name = `${stage} ${child}`;
    const runs = (this.#runs.get(name) ?? 0) + 1;
    this.#runs.set(name, runs);
    const deployed = this.#hunt.functions.get(arn);
    if (!deployed || !this.containers) throw new Error(`there is no function ${arn}`);
    const answer = await this.containers.invoke(deployed, payload, {});
    if (runs > FAILURES || (name !== 'judge 0' && name !== 'read 1')) return answer;
    this.#failures += 1;
    throw new Error(`${name} is stopped after its work`);
  };

  told(): string {
    const ran = (stage: string): number => [...this.#runs.keys()].filter((name) => name.startsWith(`${stage} `)).length;
    return `${ran('read')} children read, ${ran('judge')} judged; ${this.#failures} failed and ran again`;
  }

  faults(): string[] {
    return [
      ...(this.#failures === 2 * FAILURES ? [] : [`${this.#failures} children failed`]),
      ...(this.#runs.has('judge 1') ? [] : ['there is one part only']),
    ];
  }
}

function variablesOf({ endpoint, region, credentials }: ClientConfig): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_S3_FORCE_PATH_STYLE: 'true',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '3008',
  };
}

/** The demo's log files without the chapters' folders, and what a hunt is asked with. Returns the number of log files. */
async function putAll({ root }: Workshop, s3: S3Client, bucket: string): Promise<number> {
  const put = async (Bucket: string, Key: string, Body: Uint8Array): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  };
  for (const Bucket of [TRAIL, bucket])
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: PLACE.region } }));
  const demo = join(root, 'demo');
  const names = (await readdir(join(demo, 'trail'), { recursive: true })).filter((name) =>
    /\/CloudTrail\/.*\.json\.gz$/.test(name),
  );
  for (const name of names)
    await put(TRAIL, name.slice(name.indexOf('AWSLogs/')), await readFile(join(demo, 'trail', name)));
  const settings = (await readFile(join(demo, 'credlock.json'), 'utf8')).replaceAll(/^[ \t]*\/\/.*$/gm, '');
  await put(bucket, `hunts/${HUNT}/request/settings.json`, Buffer.from(settings));
  await put(bucket, `hunts/${HUNT}/request/ip-ranges.json`, await readFile(join(demo, 'ip-ranges.json')));
  return names.length;
}

async function replayed({ root }: Workshop): Promise<string[]> {
  const demo = join(root, 'demo');
  const cli = ['replay', join(demo, 'trail'), '--config', join(demo, 'credlock.json')];
  const given = ['--ip-ranges', join(demo, 'ip-ranges.json'), '--format', 'jsonl'];
  const { stdout } = await execute(process.execPath, [join(root, 'dist/bin/credlock.js'), ...cli, ...given]);
  return linesOf(stdout);
}

/** The findings that the report stage wrote for people, as lines. */
async function reported(s3: S3Client, bucket: string): Promise<string[]> {
  return linesOf(await resultOf(s3, bucket, 'findings.jsonl'));
}

async function resultOf(s3: S3Client, Bucket: string, name: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `hunts/${HUNT}/results/${name}` }));
  return (await Body?.transformToString()) ?? '';
}

/** Of the page, which must show each finding, and pictures of most. */
async function pageFaults(s3: S3Client, bucket: string, findings: readonly string[]): Promise<string[]> {
  const page = await resultOf(s3, bucket, 'report.html');
  const ids = findings.map((line) => (JSON.parse(line) as { readonly id: string }).id);
  const pictures = page.match(/aria-label="Timeline of the workload/g)?.length ?? 0;
  return [
    ...ids.filter((id) => !page.includes(id)).map((id) => `report.html does not show finding ${id}`),
    ...(pictures > ids.length / 2 ? [] : [`report.html has ${pictures} pictures of ${ids.length} findings`]),
  ];
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
