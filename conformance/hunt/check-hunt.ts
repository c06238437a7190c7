import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HUNT_FILES } from '../../lambda/hunt-names';
import type { Check, Report } from '../check';
import { startEmulator, type ClientConfig, type Place } from '../emulator';
import { Containers, runtimeProgram } from '../end-to-end/lambda-function';
import { LAMBDA_NODE, nodeBinary } from '../tools';
import { execute, type Workshop } from '../workshop';
import { FunctionServer, type Invoke } from './function-server';
import { demo, documentsOf, incident, logFilesOf, type DataSet } from './data-sets';
import { HubOfHunts } from './outputs';
import { StateMachine } from './state-machine';
import { synthesisedHunt, type SynthesisedHunt } from './synthesised';

/** The account that moto's interpreter of state machines acts in. */
const PLACE = { account: '123456789012', region: 'eu-west-1' } as const satisfies Place;
const TRAIL = 'organization-trail';
const END = Date.parse('2026-11-01T00:00:00Z');
/** Small, so that the demo's trail makes several batches and parts. */
const SIZES = { batchSize: 20_000, partSize: 15_000 };
/** So often the first child of `judge` fails, and as often the second of `read`. */
const FAILURES = 2;

/**
 * The synthesised state machine, executed by moto's interpreter over the demo's trail and an incident's, with the bundled
 * functions behind it, compared with `credlock replay`. Two children of each hunt fail twice, and each hunt is run a second
 * time over its own work, which replaces all of it. Findings are published once, and the facts of the demo stored once.
 */
export const checkHunt: Check = {
  name: 'hunt',
  async run(workshop): Promise<Report> {
    const hunt = await synthesisedHunt(workshop, PLACE, TRAIL);
    const node = await nodeBinary(workshop, LAMBDA_NODE);
    const fleet = new Fleet(hunt);
    const server = await FunctionServer.start((name, payload) => fleet.invoke(name, payload));
    const emulator = await startEmulator(workshop, [], { functions: server.url });
    let hub: HubOfHunts | null = null;
    try {
      const config = await emulator.clientConfig(PLACE);
      const containers = new Containers({
        node,
        program: runtimeProgram(workshop.root),
        clockOffset: END - Date.now(),
        variables: variablesOf(config),
      });
      fleet.containers = containers;
      const s3 = new S3Client({ ...config, forcePathStyle: true });
      await makeBuckets(s3, hunt.bucket);
      hub = await HubOfHunts.make(workshop, PLACE, config);
      fleet.variables = hub.variables;
      const machine = await StateMachine.make(emulator, PLACE, hunt.definition);
      const details: string[] = [];
      const faults: string[] = [];
      for (const set of [demo(workshop), await incident(workshop)]) {
        const objects = await putAll(set, { s3, bucket: hunt.bucket, hub });
        const expected = await replayed(workshop, set);
        const { faults: found, told } = await compared(set, expected, {
          machine,
          containers,
          s3,
          bucket: hunt.bucket,
          hub,
        });
        faults.push(...[...found, ...fleet.faults(set.name)].map((fault) => `${set.name}: ${fault}`));
        details.push(
          `${set.name}: ${objects} log files, ${expected.length} findings; ${fleet.told(set.name)}; ${told}`,
        );
      }
      s3.destroy();
      return {
        summary: 'moto executes the state machine: its findings are those of `credlock replay`',
        details,
        faults,
      };
    } finally {
      fleet.containers?.stop();
      await hub?.close();
      server.close();
      await emulator.close();
    }
  },
};

/** Runs a hunt twice. */
async function compared(
  set: DataSet,
  expected: readonly string[],
  {
    machine,
    containers,
    s3,
    bucket,
    hub,
  }: Engine & {
    readonly machine: StateMachine;
    readonly containers: Containers;
  },
): Promise<{ readonly faults: string[]; readonly told: string }> {
  const { name, trail, from, to, storesFacts } = set;
  const before = await hub.storedFacts();
  const period = { from: Date.parse(from), to: Date.parse(to) };
  const input = { hunt: name, ...period, accounts: null, regions: null, ...SIZES };
  await machine.run(`${name}-first`, input);
  const first = await reported(name, s3, bucket);
  const published = await hub.publish(containers);
  const stored = await hub.storedFacts();
  await forgetStored(name, s3, bucket);
  await machine.run(`${name}-second`, input);
  const second = await reported(name, s3, bucket);
  const wanted = publishable(expected);
  const facts = storesFacts ? await hub.observedFacts(await logFilesOf(trail), await documentsOf(set), END) : before;
  const again = await hub.publish(containers);
  const faults = [
    ...(expected.length === 0 ? ['there is nothing to compare'] : []),
    ...(first.join('\n') === expected.join('\n') ? [] : [`${first.length} other findings than replay's`]),
    ...(second.join('\n') === expected.join('\n') ? [] : ['other findings when it runs again']),
    ...(await pageFaults(name, s3, bucket, expected)),
    ...differing('on the bus', published.events, wanted),
    ...missing('in Security Hub', published.imported, wanted),
    ...differing('on the bus when it runs again', again.events, []),
    ...differing('in Security Hub when it runs again', again.imported, published.imported),
    ...(!storesFacts || stored.length > before.length + expected.length ? [] : ['no facts are stored']),
    ...differing('in the table', stored, facts),
    ...differing('in the table when it runs again', await hub.storedFacts(), stored),
  ];
  const told = storesFacts ? `, ${stored.length - before.length} facts stored as observed` : '';
  return { faults, told: `${published.events.length} published once${told}` };
}

/** So that facts are stored once more: children that stored theirs do nothing. */
async function forgetStored(hunt: string, s3: S3Client, Bucket: string): Promise<void> {
  const Prefix = `hunts/${hunt}/${HUNT_FILES.stored}`;
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of objects) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
}

/** The first text that is in one list alone. */
function differing(where: string, found: readonly string[], wanted: readonly string[]): string[] {
  const more = found.filter((one) => !wanted.includes(one)).map((one) => `${one} is ${where}`);
  return [
    ...more.slice(0, 1),
    ...missing(where, found, wanted),
    ...(found.length === new Set(found).size ? [] : [`something is twice ${where}`]),
  ];
}

function missing(where: string, found: readonly string[], wanted: readonly string[]): string[] {
  return wanted
    .filter((one) => !found.includes(one))
    .map((one) => `${one} is not ${where}`)
    .slice(0, 1);
}

/** The ids of findings as lines, without groups, which the deployment makes. */
function publishable(findings: readonly string[]): string[] {
  const read = findings.map((line) => JSON.parse(line) as { readonly id: string; readonly type: string });
  return read.flatMap(({ id, type }) => (type === 'SameOrigin' ? [] : [id])).sort();
}

interface Engine {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly hub: HubOfHunts;
}

/** The deployed functions, and which children ran how often. */
class Fleet {
  containers: Containers | null = null;
  variables: Readonly<Record<string, string>> = {};
  readonly #hunt: SynthesisedHunt;
  readonly #runs = new Map<string, number>();

  constructor(hunt: SynthesisedHunt) {
    this.#hunt = hunt;
  }

  readonly invoke: Invoke = async (arn, payload) => {
    const { hunt, stage, child = 0 } = payload as { hunt: string; stage: string; child?: number };
    const name = `${stage} ${child}`;
    const runs = (this.#runs.get(`${hunt} ${name}`) ?? 0) + 1;
    this.#runs.set(`${hunt} ${name}`, runs);
    const deployed = this.#hunt.functions.get(arn);
    if (!deployed || !this.containers) throw new Error(`there is no function ${arn}`);
    const answer = await this.containers.invoke(deployed, payload, this.variables);
    if (runs > FAILURES || (name !== 'judge 0' && name !== 'read 1')) return answer;
    throw new Error(`${name} is stopped after its work`);
  };

  told(hunt: string): string {
    const ran = (stage: string): number =>
      [...this.#runs.keys()].filter((name) => name.startsWith(`${hunt} ${stage} `)).length;
    return `${ran('read')} children read, ${ran('judge')} judged, two of them failed twice`;
  }

  /** Two children failed, and all ran in both executions. */
  faults(hunt: string): string[] {
    const ran = (child: string): number => this.#runs.get(`${hunt} ${child}`) ?? 0;
    return [
      ...['judge 0', 'read 1']
        .filter((child) => ran(child) !== FAILURES + 2)
        .map((child) => `${child}: ${ran(child)} runs`),
      ...['judge 1', 'read 0'].filter((child) => ran(child) !== 2).map((child) => `${child}: ${ran(child)} runs`),
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

async function makeBuckets(s3: S3Client, work: string): Promise<void> {
  for (const Bucket of [TRAIL, work])
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: PLACE.region } }));
}

/** The log files without folders of chapters, and what a hunt is asked with. Returns the number of log files. */
async function putAll(set: DataSet, { s3, bucket, hub }: Engine): Promise<number> {
  const put = async (Bucket: string, Key: string, Body: Uint8Array): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  };
  const files = await logFilesOf(set.trail);
  for (const file of files) await put(TRAIL, file.slice(file.indexOf('AWSLogs/')), await readFile(file));
  await hub.putConfig(await documentsOf(set));
  const options = JSON.stringify({ publish: true, storeFacts: set.storesFacts });
  await put(bucket, `hunts/${set.name}/request/options.json`, Buffer.from(options));
  return files.length;
}

async function replayed({ root }: Workshop, { trail, config, ipRanges: ranges }: DataSet): Promise<string[]> {
  const cli = ['replay', trail, '--config', config, '--ip-ranges', ranges, '--format', 'jsonl'];
  const { stdout } = await execute(process.execPath, [join(root, 'dist/bin/credlock.js'), ...cli]);
  return linesOf(stdout);
}

/** The findings that the report stage wrote for people, as lines. */
async function reported(hunt: string, s3: S3Client, bucket: string): Promise<string[]> {
  return linesOf(await resultOf(hunt, s3, bucket, 'findings.jsonl'));
}

async function resultOf(hunt: string, s3: S3Client, Bucket: string, name: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `hunts/${hunt}/results/${name}` }));
  return (await Body?.transformToString()) ?? '';
}

/** Of the page, which must show each finding, and pictures of most. */
async function pageFaults(hunt: string, s3: S3Client, bucket: string, findings: readonly string[]): Promise<string[]> {
  const page = await resultOf(hunt, s3, bucket, 'report.html');
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
