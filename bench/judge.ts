import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../lambda/detection/detect';
import { FactSet } from '../lambda/detection/facts/fact-set';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import { readInto } from '../lambda/detection/records/read-facts';

const HOURS = 24;
const HOUR = 3_600_000;
const HALF_HOUR = HOUR / 2;
const ACCOUNT = '111122223333';
const START = Date.parse('2026-09-01T00:00:00Z');

/** Judging time may grow by this factor where what a shape is made of is doubled. */
const MOST_GROWTH = 2.6;

const SHAPES: readonly { readonly what: string; readonly size: number; readonly factsOf: (size: number) => FactSet }[] =
  [
    { what: 'instances behind a NAT gateway with 5 addresses', size: 1_000, factsOf: (size) => sharedEgress(size, 5) },
    { what: 'instances behind an egress with 64 addresses', size: 2_000, factsOf: (size) => sharedEgress(size, 64) },
    {
      what: 'instances used from one address outside AWS',
      size: 4_000,
      factsOf: (size) => usedFrom('203.0.113.9', size),
    },
    {
      what: 'instances used from the egress of as many',
      size: 4_000,
      factsOf: (size) => usedFrom('198.51.100.10', size),
    },
    { what: 'stops and starts of one instance', size: 20_000, factsOf: restarts },
    { what: 'associations of unknown addresses, and route changes', size: 10_000, factsOf: unnamedChanges },
    { what: 'Elastic IP addresses of one instance in turn', size: 10_000, factsOf: elasticAddresses },
  ];

/** One call an hour, each from another address of the egress, which no record names. */
function sharedEgress(workloads: number, addresses: number): FactSet {
  const facts = new FactSet();
  for (let workload = 0; workload < workloads; workload += 1)
    for (let hour = 0; hour < HOURS; hour += 1) {
      const address = (workload * 31 + hour * 17 + ((workload * hour) % 7)) % addresses;
      const time = START + hour * HOUR + (workload % 3_000) * 1_000;
      readInto(facts, callOf(workload, time, `198.51.100.${address + 10}`));
    }
  return facts;
}

/** Instances of two accounts behind an egress each; those of the second are used from another address in the end. */
function usedFrom(address: string, workloads: number): FactSet {
  const facts = new FactSet();
  for (let workload = 0; workload < workloads; workload += 1) {
    const isSecond = workload % 2 === 1;
    const account = isSecond ? '444455556666' : ACCOUNT;
    for (let hour = 0; hour < 3; hour += 1) {
      const time = START + hour * HOUR + (workload % 3_000) * 1_000;
      readInto(facts, callOf(workload, time, isSecond ? '198.51.100.11' : '198.51.100.10', account));
    }
    if (isSecond) readInto(facts, callOf(workload, START + 4 * HOUR, address, account));
  }
  return facts;
}

/** Twice an hour; a call from the new address, or from the old one, follows each. */
function restarts(count: number): FactSet {
  const facts = new FactSet();
  for (let restart = 0; restart < count / 2; restart += 1) {
    const time = START + restart * 2 * HALF_HOUR;
    readInto(facts, changeOf('StopInstances', time, { instancesSet: { items: [{ instanceId: idOf(0) }] } }));
    readInto(
      facts,
      changeOf('StartInstances', time + HALF_HOUR / 2, { instancesSet: { items: [{ instanceId: idOf(0) }] } }),
    );
    readInto(facts, callOf(0, time + HALF_HOUR, `3.5.${(restart >> 8) % 64}.${restart % 256}`));
    readInto(facts, callOf(0, time + 1.5 * HALF_HOUR, '3.5.0.0'));
  }
  return facts;
}

/** A new association every half hour, and a call from it. */
function elasticAddresses(count: number): FactSet {
  const facts = new FactSet();
  for (let change = 0; change < count; change += 1) {
    const time = START + change * HALF_HOUR;
    const publicIp = `3.5.${(change >> 8) % 64}.${change % 256}`;
    readInto(facts, changeOf('AssociateAddress', time, { instanceId: idOf(0), publicIp }));
    readInto(facts, callOf(0, time + HALF_HOUR / 2, publicIp));
    readInto(facts, callOf(0, time + HALF_HOUR / 2, '3.5.64.0'));
  }
  return facts;
}

/** An association that names an allocation only, or a change of routes, every half hour, and a call from a new address. */
function unnamedChanges(count: number): FactSet {
  const facts = new FactSet();
  for (let change = 0; change < count; change += 1) {
    const time = START + change * HALF_HOUR;
    const allocationId = `eipalloc-${change}`;
    if (change % 2 === 0) readInto(facts, changeOf('AssociateAddress', time, { instanceId: idOf(0), allocationId }));
    else readInto(facts, changeOf('DeleteRoute', time, { destinationCidrBlock: '0.0.0.0/0' }));
    readInto(facts, callOf(0, time + HALF_HOUR / 2, `3.5.${(change >> 8) % 64}.${change % 256}`));
    readInto(facts, callOf(0, time + HALF_HOUR / 2, '198.51.100.10'));
  }
  return facts;
}

function idOf(workload: number): string {
  return `i-${workload.toString(16).padStart(17, '0')}`;
}

function changeOf(eventName: string, time: number, requestParameters: object): object {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada', accountId: ACCOUNT },
    eventTime: new Date(time).toISOString(),
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '192.0.2.1',
    eventID: `${eventName}-${time}`,
    recipientAccountId: ACCOUNT,
    requestParameters,
    responseElements: {},
  };
}

function callOf(workload: number, time: number, sourceIPAddress: string, account = ACCOUNT): object {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/worker/${idOf(workload)}`,
      accountId: account,
      accessKeyId: `ASIA${workload.toString(16).toUpperCase().padStart(16, '0')}`,
      sessionContext: { ec2RoleDelivery: '2.0' },
    },
    eventTime: new Date(time).toISOString(),
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    awsRegion: 'eu-west-1',
    sourceIPAddress,
    eventID: `${workload}-${time}-${sourceIPAddress}`,
    recipientAccountId: account,
  };
}

const [, , root = '.'] = process.argv;
const ipRanges = valueOf(parseIpRanges(JSON.parse(readFileSync(join(root, 'test/ip-ranges.json'), 'utf8'))));
const settings = valueOf(parseSettings({}));

/** Of CPU time, which other processes change less than the clock's: the less of two runs. */
function millisecondsFor(facts: FactSet): { time: number; findings: number } {
  const run = (): { time: number; findings: number } => {
    const begun = process.cpuUsage();
    const { findings } = detect({ facts, settings, ipRanges });
    const { user, system } = process.cpuUsage(begun);
    return { time: (user + system) / 1_000, findings: findings.length };
  };
  const [one, other] = [run(), run()];
  return one.time < other.time ? one : other;
}

millisecondsFor(sharedEgress(200, 5));
for (const { what, size, factsOf } of SHAPES) {
  const half = millisecondsFor(factsOf(size / 2));
  const whole = millisecondsFor(factsOf(size));
  const growth = whole.time / half.time;
  console.log(
    `${size} ${what}: ${Math.round(whole.time)} ms of CPU, ${growth.toFixed(1)} times the time of half as many, ${whole.findings} findings`,
  );
  if (growth > MOST_GROWTH) process.exitCode = 1;
}
