import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../lambda/detection/detect';
import { FactSet } from '../lambda/detection/facts/fact-set';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import { readInto } from '../lambda/detection/records/read-facts';

const HOURS = 24;
const START = Date.parse('2026-09-01T00:00:00Z');

/** Judging time may grow by this factor where workloads are doubled. */
const MOST_GROWTH = 2.6;

const SHAPES = [
  { what: 'instances behind a NAT gateway', workloads: 1_000, addresses: 5 },
  { what: 'instances behind an egress', workloads: 2_000, addresses: 64 },
];

/** One call an hour, each from another address of the egress, which no record names. */
function factsOf(workloads: number, addresses: number): FactSet {
  const facts = new FactSet();
  for (let workload = 0; workload < workloads; workload += 1)
    for (let hour = 0; hour < HOURS; hour += 1)
      readInto(facts, callOf(workload, hour, (workload * 31 + hour * 17 + ((workload * hour) % 7)) % addresses));
  return facts;
}

function callOf(workload: number, hour: number, address: number): object {
  const id = `i-${workload.toString(16).padStart(17, '0')}`;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/worker/${id}`,
      accountId: '111122223333',
      accessKeyId: `ASIA${workload.toString(16).toUpperCase().padStart(16, '0')}`,
      sessionContext: { ec2RoleDelivery: '2.0' },
    },
    eventTime: new Date(START + hour * 3_600_000 + (workload % 3_000) * 1_000).toISOString(),
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    awsRegion: 'eu-west-1',
    sourceIPAddress: `198.51.100.${address + 10}`,
    eventID: `${workload}-${hour}`,
    recipientAccountId: '111122223333',
  };
}

const [, , root = '.'] = process.argv;
const ipRanges = valueOf(parseIpRanges(JSON.parse(readFileSync(join(root, 'test/ip-ranges.json'), 'utf8'))));
const settings = valueOf(parseSettings({}));

function millisecondsFor(workloads: number, addresses: number): { time: number; findings: number } {
  const facts = factsOf(workloads, addresses);
  const begun = performance.now();
  const { findings } = detect({ facts, settings, ipRanges });
  return { time: performance.now() - begun, findings: findings.length };
}

millisecondsFor(200, 5);
for (const { what, workloads, addresses } of SHAPES) {
  const half = millisecondsFor(workloads / 2, addresses);
  const whole = millisecondsFor(workloads, addresses);
  const growth = whole.time / half.time;
  console.log(
    `${workloads} ${what} with ${addresses} addresses: ${Math.round(whole.time)} ms, ${growth.toFixed(1)} times the time of half as many, ${whole.findings} findings`,
  );
  if (growth > MOST_GROWTH || whole.findings > 0) process.exitCode = 1;
}
