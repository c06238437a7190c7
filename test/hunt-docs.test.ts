import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HUNT_MODES, huntOptions } from '../bin/commands/hunt-options';
import { estimateOf } from '../bin/hunt/hunt-estimate';
import { MEASURED, OUTPUTS } from '../bin/hunt/hunt-figures';
import { huntPermissions } from '../bin/hunt/hunt-permissions';
import { MOST_PARTS } from '../lambda/hunting/hunt-plan';
import { UNREAD, UNREAD_KINDS } from '../lambda/hunting/unread-files';

const PAGE = readFileSync(join(__dirname, '../docs/hunt.md'), 'utf8');

test('lists every kind of unread log file with its remedy', () => {
  const rows = UNREAD_KINDS.map((kind) => `| \`${kind}\` | ${UNREAD[kind].what} | ${UNREAD[kind].remedy ?? '–'} |`);
  expect(rows.filter((row) => !PAGE.includes(row))).toEqual([]);
});

test('the policy of the person who hunts is what the errors ask for', () => {
  const [, json = ''] = /```json\n(\{\n {2}"Version".*?)\n```/s.exec(PAGE) ?? [];
  const stateMachine = 'arn:aws:states:REGION:111122223333:stateMachine:credlock-hunt';
  const actionsOn = new Map<string, string[]>();
  for (const [action, resources] of Object.entries(huntPermissions({ stateMachine, bucket: 'WORK-BUCKET' }))) {
    const key = JSON.stringify(resources);
    actionsOn.set(key, [...(actionsOn.get(key) ?? []), action]);
  }
  const statements = [...actionsOn].map(([resources, actions]) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: JSON.parse(resources) as unknown,
  }));
  expect(JSON.parse(json)).toEqual({ Version: '2012-10-17', Statement: statements });
});

test('the figures are those that estimates follow', () => {
  const { recordsPerGigabyte, factsPerGigabyte, workPerGigabyte, readSecondsPerGigabyte } = MEASURED;
  const perFacts = Object.values(MEASURED.secondsPerMillionFacts).reduce((sum, seconds) => sum + seconds, 0);
  const rows = [
    `| records | ${recordsPerGigabyte.toLocaleString('en')} |`,
    `| facts | ${factsPerGigabyte.toLocaleString('en')} |`,
    `| work of all stages | ${workPerGigabyte} GB |`,
    `| processor time of reading | ${readSecondsPerGigabyte} s |`,
    `| processor time of judging, all stages | ${Math.round((perFacts * factsPerGigabyte) / 1e6)} s |`,
  ];
  expect(rows.filter((row) => !PAGE.includes(row))).toEqual([]);
});

test('the limits of one hunt follow from the figures', () => {
  const MOST_SECONDS = 900;
  const { listedPerSecond, factsPerGigabyte, secondsPerMillionFacts } = MEASURED;
  const judgeSecondsPerGigabyte = (factsPerGigabyte / 1e6) * secondsPerMillionFacts.judge;
  const files = listedPerSecond * MOST_SECONDS;
  const gigabytes = MOST_SECONDS / judgeSecondsPerGigabyte;
  const [hundredTerabytes, fileSize] = [1e14, 1e5];
  const ofPart = hundredTerabytes / 1e9 / MOST_PARTS;
  const texts = [
    `planning ${Math.round(files / 1e6)} million log files, ${((files * fileSize) / 1e12).toFixed(1)} TB of files of 100 kB`,
    `a part of ${gigabytes.toFixed(1)} GB`,
    `(${Math.floor((gigabytes * MOST_PARTS) / 1_000)} TB in one hunt`,
    `Planning a billion files of 100 kB takes one child ${Math.round(hundredTerabytes / fileSize / listedPerSecond / 60)} minutes`,
    `Each of ${MOST_PARTS.toLocaleString('en')} parts has ${ofPart} GB, which \`judge\` takes ${(ofPart * judgeSecondsPerGigabyte).toLocaleString('en')} s`,
    `With ${(Math.ceil(hundredTerabytes / 1e9 / gigabytes / 1_000) * 1_000).toLocaleString('en')} or more parts`,
    `about ${Math.round(1e7 / listedPerSecond)} s at ${listedPerSecond / 1_000} requests a second`,
  ];
  expect(texts.filter((text) => !PAGE.includes(text))).toEqual([]);
});

test('the figures of outputs are those that estimates follow', () => {
  const plan = { files: 1, bytes: 1e9, batches: 4, parts: 1, batchRuns: 1, partRuns: 1 };
  const { cost, facts } = estimateOf({ ...plan, outputs: ['publish', 'store'] });
  const { findings, secondsPerMillionFacts, retentionDays } = OUTPUTS;
  const rows = [
    `as assumed: only reading tells how many there are | ${findings.toLocaleString('en')} |`,
    `the bus | $${((cost.publishing / findings) * 1_000).toFixed(2)} |`,
    `read units of the table | $${((cost.storing / facts) * 1e6).toFixed(2)} |`,
    `${OUTPUTS.writesPerFact} million write and ${OUTPUTS.readsPerFact} million read units`,
    `of which five run at a time | ${secondsPerMillionFacts.toLocaleString('en')} |`,
    `facts are spread evenly over the period | ${retentionDays} |`,
  ];
  expect(rows.filter((row) => !PAGE.includes(row))).toEqual([]);
});

test('lists with what each option of the command has an effect', () => {
  const flags = new Map<string, string[]>();
  for (const { modes, options } of huntOptions()) {
    const cells = Object.keys(HUNT_MODES).map((mode) => (modes.some((one) => one === mode) ? '✓' : ''));
    const key = cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('');
    flags.set(key, [...(flags.get(key) ?? []), ...options.map(({ long }) => `\`${long}\``)]);
  }
  const table = [...flags].map(([cells, names]) => `| ${names.join(', ')} |${cells}`);
  const heading = `| option | ${Object.values(HUNT_MODES).join(' | ')} |`;
  expect(table.filter((row) => !PAGE.includes(row))).toEqual([]);
  expect(PAGE).toContain(heading);
});
