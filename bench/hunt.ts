import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderWorkStore } from '../bin/hunt/folder-work-store';
import { FactSet } from '../lambda/detection/facts/fact-set';
import { Did, NO_DETAILS, type Caller, type Change } from '../lambda/detection/facts/facts';
import { kindsNamed } from '../lambda/detection/kinds/all-kinds';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import { HUNT_STAGES } from '../lambda/hunt-names';
import { NO_FACTS, NO_LOGS, writeCounts } from '../lambda/hunting/read-counts';
import { writeFacts } from '../lambda/hunting/read-stage';
import { runsOf } from '../lambda/hunting/pack-names';
import { RUN_STAGE, type LaterStage } from '../lambda/hunting/hunt-stages';
import { readReport } from '../lambda/hunting/report-stage';
import type { HuntContext } from '../lambda/hunting/hunt-context';

/**
 * Memory and time of the stages of a hunt over one account: `npm run bench:hunt -- WORKLOADS HOURS PARTS MEGABYTES`. The facts
 * are written as reading would write them. One workload in 200 is stolen from. Each child runs in a process of its own.
 */
const ACCOUNT = '111122223333';
const HOUR = 3_600_000;
const START = Date.parse('2026-09-01T00:00:00Z');
/** Hours that a key is used; a batch has as many. */
const KEY_HOURS = 6;
const STOLEN_IN = 200;

function addressOf(workload: number): string {
  return `3.5.${(workload >> 8) % 64}.${workload % 256}`;
}

function idOf(workload: number): string {
  return `i-${workload.toString(16).padStart(17, '0')}`;
}

function callerOf(workload: number, key: number, ip: string): Caller {
  const id = idOf(workload);
  return {
    sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/web/${id}`,
    accessKeyId: `ASIA${workload.toString(36).padStart(8, '0')}${key.toString(36).padStart(8, '0')}`.toUpperCase(),
    workload: { partition: 'aws', account: ACCOUNT, kind: 'ec2-instance', id },
    shown: 'delivery',
    delivery: '2.0',
    legacy: false,
    source: { ip, service: null, attributed: false, endpointId: null, endpointAccount: null },
    region: null,
  };
}

/** The facts of one batch: the hours of one key of each workload. */
function batchOf(batch: number, workloads: number): FactSet {
  const facts = new FactSet();
  facts.sawAccount(ACCOUNT);
  for (let workload = 0; workload < workloads; workload += 1) {
    const caller = callerOf(workload, batch, addressOf(workload));
    const { sessionArn, accessKeyId } = caller;
    const time = START + batch * KEY_HOURS * HOUR;
    if (caller.workload)
      facts.add({
        fact: 'issuance',
        id: `${ACCOUNT}/issuance-${workload}-${batch}/${idOf(workload)}`,
        eventId: `issuance-${workload}-${batch}`,
        time,
        workload: caller.workload,
        sessionArn,
        accessKeyId,
        expires: time + KEY_HOURS * HOUR,
        issuer: 'ec2.amazonaws.com',
        asked: null,
        region: null,
        attributes: {},
      });
    for (let hour = 0; hour < KEY_HOURS; hour += 1)
      sees(facts, caller, time + hour * HOUR + 60_000, `${workload}-${batch}-${hour}`);
    if (workload % STOLEN_IN === 0)
      sees(facts, callerOf(workload, batch, '192.0.2.66'), time + 2 * HOUR, `stolen-${workload}-${batch}`);
    if (batch === 0) facts.add(launchOf(workload));
  }
  return facts;
}

function sees(facts: FactSet, caller: Caller, time: number, id: string): void {
  const what = '["eu-west-1","s3.amazonaws.com","GetObject",null,"aws-cli/2"]';
  facts.add({ fact: 'sighting', caller, did: Did.other, event: { time, id, what } });
}

function launchOf(workload: number): Change {
  const id = idOf(workload);
  const name = workload.toString(16).padStart(17, '0');
  return {
    fact: 'change',
    id: `${ACCOUNT}/launch-${workload}/${id}`,
    eventId: `launch-${workload}`,
    time: START - HOUR,
    partition: 'aws',
    account: ACCOUNT,
    region: 'eu-west-1',
    action: 'AssociateAddress',
    ...NO_DETAILS,
    instanceId: id,
    allocationIds: [`eipalloc-${name}`],
    associationIds: [`eipassoc-${name}`],
    publicIps: [addressOf(workload)],
  };
}

/** A hunt, as arguments of processes. */
interface Hunt {
  readonly folder: string;
  readonly parts: number;
  readonly megabytes: number;
}

function contextOf(root: string, { folder, parts, megabytes }: Hunt): HuntContext {
  const settings = valueOf(parseSettings({}));
  const ipRanges = valueOf(parseIpRanges(JSON.parse(readFileSync(join(root, 'test/ip-ranges.json'), 'utf8'))));
  const store = new FolderWorkStore(folder, '');
  return { store, parts, key: [1, 2], megabytes, settings, kinds: kindsNamed(settings.workloads), ipRanges };
}

interface Measured {
  /** MB: the highest RSS of the process. */
  readonly peak: number;
  /** Of processor time. */
  readonly seconds: number;
}

async function measureChild(root: string, hunt: Hunt, stage: string, child: number): Promise<Measured> {
  const script = process.argv[1] ?? '';
  const { folder, parts, megabytes } = hunt;
  const args = [root, 'child', stage, child, folder, parts, megabytes].map(String);
  const forked = fork(script, args, { stdio: 'inherit' });
  const [measured] = (await once(forked, 'message')) as [Measured];
  await once(forked, 'exit');
  return measured;
}

async function bench(root: string, workloads: number, hours: number, hunt: Hunt): Promise<void> {
  const context = contextOf(root, hunt);
  const batches = Math.ceil(hours / KEY_HOURS);
  for (let batch = 0; batch < batches; batch += 1) await writeFacts(batchOf(batch, workloads), batch, context);
  await writeCounts(0, { ...NO_LOGS, ...NO_FACTS, files: batches }, context.store);
  const facts = workloads * (batches * (KEY_HOURS + 1) + 1);
  const { parts, megabytes } = hunt;
  console.log(
    `${facts.toLocaleString('en')} facts about ${workloads.toLocaleString('en')} workloads in ${parts} parts, ${megabytes} MB for a child`,
  );
  const counts = { batches, parts, batchRuns: runsOf(batches), partRuns: runsOf(parts) };
  for (const { name, children } of HUNT_STAGES) {
    if (name === 'read') continue;
    const measured: Measured[] = [];
    for (let child = 0; child < (children === null ? 1 : counts[children]); child += 1)
      measured.push(await measureChild(root, hunt, name, child));
    const peak = Math.max(...measured.map((one) => one.peak));
    const longest = Math.max(...measured.map((one) => one.seconds));
    const seconds = measured.reduce((sum, one) => sum + one.seconds, 0);
    console.log(
      `${name.padEnd(14)} ${String(measured.length).padStart(4)} children  peak ${peak} MB  longest ${longest.toFixed(1)} s  ${seconds.toFixed(1)} s in all`,
    );
  }
  const { detection } = await readReport(context.store);
  console.log(`${detection.counts.workloads} workloads judged, ${detection.findings.length} findings`);
}

async function runChild(root: string, hunt: Hunt, stage: LaterStage, child: number): Promise<void> {
  await RUN_STAGE[stage](child, contextOf(root, hunt));
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.send?.({ peak: Math.round(maxRSS / 1_024), seconds: (userCPUTime + systemCPUTime) / 1_000_000 });
  process.disconnect?.();
}

async function benchHere(root: string, [workloads, hours, parts, megabytes]: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-bench-hunt-'));
  const hunt = { folder, parts: Number(parts ?? 8), megabytes: Number(megabytes ?? 2_000) };
  try {
    await bench(root, Number(workloads ?? 2_000), Number(hours ?? 500), hunt);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [root = '.', ...rest] = process.argv.slice(2);
if (rest[0] === 'child') {
  const [, stage, child, folder = '', parts, megabytes] = rest;
  const hunt = { folder, parts: Number(parts), megabytes: Number(megabytes) };
  void runChild(root, hunt, stage as LaterStage, Number(child));
} else void benchHere(root, rest);
