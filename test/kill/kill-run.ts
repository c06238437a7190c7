import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { securityHubFindings } from '../../lambda/adapters/security-hub/security-hub-findings';
import type { Finding } from '../../lambda/detection/model/finding';
import { field } from '../../lambda/detection/model/json-field';
import { seededRandom, type Random } from '../../trail-writer/random';
import { startDynamoDb } from '../lambda/dynamodb-engine';
import { startHub, type Hub } from '../lambda/hub';
import { comparable, replayed, type Story } from '../lambda/live-run';
import { storyWith } from '../lambda/story';
import { deliver, deliveriesOf, endOf } from '../lambda/wire-run';
import { nowBy, type Pace } from './pace';
import type { WorkerInput, WorkerMessage } from './worker';

const KILLS = Number(process.argv[2] ?? 250);
const SEED = Number(process.argv[3] ?? Date.now() % 100_000);
const WORKERS = 4;
/** A minute of the hub's clock is this many milliseconds. */
const MINUTE = 3_000;
/** Seconds of the hub's clock until a message that was not finished comes again: longer than a batch takes. */
const VISIBILITY = 180;
/** In one round, so that each also shows what is left to finish. */
const KILLS_OF_ROUND = 50;
/** Real milliseconds from a batch's arrival within which its worker is killed. */
const LATEST_KILL = 800;
const WORKING = ['observe', 'watch', 'confirm', 'publish'] as const;
const LONGEST_ROUND = 600_000;
/** Those of the demo with a theft and few other records: a round then takes a minute. */
const CHAPTERS = /^(?:0[3-9]|10)-/;

interface Worker {
  readonly process: ChildProcess;
  isBusy: boolean;
}

/** Four processes that work on the hub's queues; one that has just taken a batch can be killed. */
class Workers {
  kills = 0;
  /** Messages that workers received. */
  taken = 0;
  private readonly workers: Worker[] = [];

  constructor(
    private readonly input: WorkerInput,
    private readonly random: Random,
  ) {
    for (let count = 0; count < WORKERS; count += 1) this.start();
  }

  /** Kills a busy worker, in the middle of what it does, and starts another. False if none is busy. */
  async killOne(): Promise<boolean> {
    const busy = this.workers.filter((worker) => worker.isBusy);
    const worker = busy[this.random.below(busy.length)];
    if (!worker) return false;
    await pause(this.random.below(LATEST_KILL));
    if (!worker.isBusy) return false;
    await this.end(worker);
    this.kills += 1;
    this.start();
    return true;
  }

  async endAll(): Promise<void> {
    await Promise.all(this.workers.slice().map((worker) => this.end(worker)));
  }

  private start(): void {
    const child = fork(join(__dirname, 'worker.js'), [JSON.stringify(this.input)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const worker: Worker = { process: child, isBusy: false };
    child.on('message', ({ taken }: WorkerMessage) => {
      worker.isBusy = taken > 0;
      this.taken += taken;
    });
    this.workers.push(worker);
  }

  private async end(worker: Worker): Promise<void> {
    this.workers.splice(this.workers.indexOf(worker), 1);
    if (worker.process.exitCode !== null) throw new Error(`a worker ended by itself: ${worker.process.exitCode}`);
    const ended = once(worker.process, 'exit');
    worker.process.kill('SIGKILL');
    const [, signal] = (await ended) as [number | null, string | null];
    if (signal !== 'SIGKILL') throw new Error(`a worker ended by itself before it was killed`);
  }
}

/** Rounds over the demo's records, until so many workers were killed; each must end as replay does. */
async function main(): Promise<void> {
  const random = seededRandom(SEED);
  const story = demoStory();
  const database = fork(join(__dirname, 'database.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [endpoint] = (await once(database, 'message')) as [string];
  process.env['DYNAMODB_ENDPOINT'] = endpoint;
  const began = Date.now();
  const totals = { rounds: 0, kills: 0, messages: 0, redelivered: 0, findings: 0, repeatedNotices: 0, wrong: 0 };
  try {
    while (totals.kills < KILLS) {
      const round = await playRound(story, random, Math.min(KILLS_OF_ROUND, KILLS - totals.kills));
      totals.rounds += 1;
      for (const [name, value] of Object.entries(round)) totals[name as keyof typeof round] += value;
      write(
        `round ${totals.rounds}: ${totals.kills} of ${KILLS} kills, ${round.wrong === 0 ? 'as replay' : 'NOT as replay'}`,
      );
    }
  } finally {
    database.kill('SIGKILL');
  }
  const { rounds, kills, messages, redelivered, findings, repeatedNotices, wrong } = totals;
  write(
    `${kills} SIGKILLs of ${WORKERS} processes (seed ${SEED}) in ${rounds} rounds and ${Math.round((Date.now() - began) / 1_000)} s: ${messages} messages, ${redelivered} deliveries repeated, ${findings} findings, ${repeatedNotices} notices of SNS repeated; ${wrong === 0 ? 'every round ends as replay, none lost, none twice' : `${wrong} rounds end otherwise`}`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
}

async function playRound(
  story: Story,
  random: Random,
  mostKills: number,
): Promise<Record<'kills' | 'messages' | 'redelivered' | 'findings' | 'repeatedNotices' | 'wrong', number>> {
  const engine = await startDynamoDb();
  const start = '2026-09-15T00:30:00Z';
  const { settings, ipRanges } = story.documents;
  const hub = await startHub({
    engine,
    start,
    settings: { ...settings, mode: 'live' },
    ipRanges: ipRanges ?? false,
    visibilityTimeout: VISIBILITY,
  });
  const pace: Pace = { real: Date.now(), start: Date.parse(start), times: 60_000 / MINUTE };
  const now = nowBy(pace);
  const ticking = setInterval(() => hub.clock.set(new Date(now()).toISOString()), 5);
  const messages = deliveriesOf(story.records, random, 0.3);
  for (const message of messages) await deliver(message, hub);
  const queues = Object.fromEntries(WORKING.map((name) => [name, hub.queue(name).url])) as WorkerInput['queues'];
  const workers = new Workers(
    { variables: hub.variables, queues, config: hub.wire.clientConfig({ maxAttempts: 3 }), pace },
    random,
  );
  try {
    const until = Date.now() + LONGEST_ROUND;
    while (waiting(hub) > 0) {
      if (Date.now() > until) throw new Error(`${waiting(hub)} messages are left after ${LONGEST_ROUND / 1_000} s`);
      if (workers.kills >= mostKills || !(await workers.killOne())) await pause(10);
    }
  } finally {
    clearInterval(ticking);
    await workers.endAll();
  }
  const wrong = faultsOf(story, hub);
  for (const fault of wrong) write(fault);
  const findings = endOf(hub).imported.length;
  const received = hub.wire.requests.filter(({ operation }) => operation === 'DeleteMessage').length;
  const notices = hub.wire.sns.messages.map(({ subject }) => subject);
  const took = workers.taken;
  const result = {
    kills: workers.kills,
    messages: received,
    redelivered: took - received,
    findings,
    repeatedNotices: notices.length - new Set(notices).size,
    wrong: Math.min(1, wrong.length),
  };
  await hub.close();
  await engine.close();
  return result;
}

function waiting(hub: Hub): number {
  return WORKING.reduce((sum, name) => sum + hub.queue(name).messages.length, 0);
}

/** What is lost, too much, or different. */
function faultsOf(story: Story, hub: Hub): string[] {
  const expected = replayed(story);
  const { findings, imported, setAside } = endOf(hub);
  const wanted = securityHubFindings(expected).map(({ id }) => id);
  return [
    ...wanted.filter((id) => !imported.includes(id)).map((id) => `lost: ${id}`),
    ...imported.filter((id, at) => !wanted.includes(id) || imported.indexOf(id) !== at).map((id) => `too much: ${id}`),
    ...setAside.map((reason) => `quarantined: ${reason ?? ''}`),
    ...differencesOf(findings, expected),
  ];
}

function differencesOf(live: readonly Finding[], expected: readonly Finding[]): string[] {
  const byId = new Map(live.map((finding) => [finding.id, plain(finding)]));
  return expected.flatMap((finding) => {
    const wanted = plain(finding);
    const there = byId.get(finding.id) ?? {};
    const fields = Object.keys(wanted).filter((name) => !isDeepStrictEqual(wanted[name], there[name]));
    return fields.map(
      (name) => `${finding.id}: ${name} is ${JSON.stringify(there[name])}, not ${JSON.stringify(wanted[name])}`,
    );
  });
}

/** As JSON, without what may differ. */
function plain(finding: Finding): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(comparable(finding))) as Record<string, unknown>;
}

function demoStory(): Story {
  const folder = join(process.cwd(), 'demo');
  const names = readdirSync(join(folder, 'trail'), { recursive: true, encoding: 'utf8' }).sort();
  const records = names
    .filter((name) => name.endsWith('.json.gz') && CHAPTERS.test(name))
    .flatMap((name) => recordsOf(readFileSync(join(folder, 'trail', name))));
  const document = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
  return storyWith(records, document('credlock.json'), document('ip-ranges.json'));
}

function recordsOf(file: Buffer): readonly unknown[] {
  const records = field(JSON.parse(gunzipSync(file).toString()), 'Records');
  return Array.isArray(records) ? records : [];
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
