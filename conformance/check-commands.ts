import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextSteps } from '../bin/report/next-steps';
import type { Finding } from '../lambda/detection/model/finding';
import type { Check, Report } from './check';
import { pythonPrograms } from './tools';
import { built, execute, lastWords, type Workshop } from './workshop';

/** Variables that the reader of a command is asked to set. */
const VARIABLES = {
  NEW_ROLE_ARN: 'arn:aws:iam::111122223333:role/new',
  NEW_PROFILE: 'new-profile',
  CLUSTER: 'cluster',
  SERVICE: 'service',
  NEW_TASK_DEFINITION: 'task:2',
  TABLE: 'cloudtrail_logs',
  EVENT_DATA_STORE: '01234567-89ab-cdef-0123-456789abcdef',
};

/** Within 90 days of the first call, and after them: the advice differs. */
const AGES_IN_DAYS = [1, 400];

/** An option, a parameter and a value that do not exist, and an option cut short. */
const BROKEN = [
  ['ec2', 'describe-instances', '--instance-id-list', 'i-1'],
  ['ec2', 'create-snapshots', '--instance-specification', 'Instance=i-1'],
  ['ec2', 'modify-instance-metadata-options', '--instance-id', 'i-1', '--http-tokens', 'always'],
  ['cloudtrail', 'lookup-events', '--start', '2026-09-14T00:00:00Z'],
];

/** The commands that findings advise, run by a shell, and those of the AWS CLI read by its own parser. */
export const checkCommands: Check = {
  name: 'commands',
  async run(workshop): Promise<Report> {
    await built(workshop);
    const blocks = distinct((await findingsIn(workshop)).flatMap(blocksOf));
    const calls = oneOfEach(await callsIn(blocks));
    const faults = await validate(workshop, calls);
    const broken = await validate(workshop, BROKEN);
    return {
      summary: `${blocks.length} blocks of commands by sh, ${calls.length} different calls of the AWS CLI by its parser`,
      details: [],
      faults: [...faults, ...(broken.length < BROKEN.length ? ['a broken call passes: it is not validated'] : [])],
    };
  },
};

/** Of the demo and of the scenarios, so that every kind of workload and of finding is among them. */
async function findingsIn({ root }: Workshop): Promise<Finding[]> {
  const cli = [join(root, 'dist/bin/credlock.js'), 'replay', join(root, 'demo/trail'), join(root, 'test/scenarios')];
  const given = ['--ip-ranges', join(root, 'demo/ip-ranges.json'), '--format', 'jsonl'];
  const outcome = await execute(process.execPath, [...cli, ...given], { cwd: tmpdir() });
  const lines = outcome.stdout.split('\n').filter((line) => line !== '');
  if (lines.length === 0) throw new Error(`credlock replay has no findings:\n${lastWords(outcome)}`);
  return lines.map((line) => JSON.parse(line) as Finding);
}

function blocksOf(finding: Finding): string[] {
  const ages = AGES_IN_DAYS.map((days) => Date.parse(finding.firstSeen) + days * 86_400_000);
  return ages.flatMap((now) => nextSteps(finding, now).map(({ commands }) => commands.join('\n')));
}

/** One of those that differ in numbers and ids only. */
function distinct(blocks: readonly string[]): string[] {
  const byShape = new Map(blocks.map((block) => [block.replaceAll(/[\w.:/-]*\d[\w.:/-]*/g, '#'), block]));
  return [...byShape.values()].filter((block) => block !== '').sort();
}

/** Calls of one operation with the same options, and with values of the same form, are alike. */
function oneOfEach(calls: readonly string[][]): string[][] {
  const formOf = (call: readonly string[]): string =>
    call.map((word, at) => (at < 2 || word.startsWith('--') ? word : word.replaceAll(/[^=,{}":]+/g, ''))).join(' ');
  return [...new Map(calls.map((call) => [formOf(call), call])).values()];
}

/** Notes its arguments, each ended by NUL, and answers a captured query with an id. */
const NOTED = (file: string): string => `#!/bin/sh\nprintf '%s\\0' "$@" '' >> '${file}'\necho id-1\n`;

/** Answers with a line that a filter lets through. */
const KUBECTL = '#!/bin/sh\necho system:anonymous\n';

/** The arguments of each call of the AWS CLI when a shell runs the blocks. */
async function callsIn(blocks: readonly string[]): Promise<string[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'credlock-commands-'));
  const noted = join(folder, 'noted');
  try {
    for (const [name, script] of Object.entries({ aws: NOTED(noted), kubectl: KUBECTL, whois: '#!/bin/sh\n' })) {
      await writeFile(join(folder, name), script);
      await chmod(join(folder, name), 0o700);
    }
    const env = { ...VARIABLES, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const input = blocks.map((block) => `(\n:\n${block}\n)\n`).join('');
    const outcome = await execute('sh', ['-eu'], { input, env, cwd: folder });
    if (outcome.status !== 0) throw new Error(`sh cannot run the commands:\n${lastWords(outcome)}`);
    return argumentLists(await readFile(noted, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An empty argument ends a list: no command has one. */
function argumentLists(text: string): string[][] {
  const lists = text.split('\0\0').map((list) => list.split('\0').filter((argument) => argument !== ''));
  return lists.filter((list) => list.length > 0);
}

async function validate(workshop: Workshop, calls: readonly (readonly string[])[]): Promise<string[]> {
  const python = join(await pythonPrograms(workshop), 'python');
  const script = join(workshop.root, 'conformance/validate-commands.py');
  const outcome = await execute(python, [script], { input: JSON.stringify(calls) });
  if (outcome.status !== 0) throw new Error(`the commands were not validated:\n${lastWords(outcome)}`);
  return JSON.parse(outcome.stdout) as string[];
}
