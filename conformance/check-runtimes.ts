import { isDeepStrictEqual } from 'node:util';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../package.json';
import type { Check, Report } from './check';
import { failuresOf, runSuite } from './jest-suite';
import { LAMBDA_NODE, nodeBinary } from './tools';
import { built, execute, type Outcome, type Workshop } from './workshop';

/** The oldest Node.js of `engines`, and the releases that get long-term support. */
const NODES = ['20.19.6', '22.23.5', LAMBDA_NODE];

const SUITE = 'test/lambda/bundles.test.ts';

interface Run {
  readonly args: readonly string[];
  readonly status: number;
  /** What standard output must have. */
  readonly shows: string;
}

/** The command line on each version of Node.js that it supports, and the bundled handlers on the version they are deployed on. */
export const checkRuntimes: Check = {
  name: 'runtimes',
  async run(workshop): Promise<Report> {
    await built(workshop);
    const runs = await runsIn(workshop);
    const faults = await commandLineFaults(workshop, runs);
    const suite = await runSuite(workshop, SUITE, { LAMBDA_NODE: await nodeBinary(workshop, LAMBDA_NODE) });
    return {
      summary:
        `${runs.length} runs of the command line are the same on Node.js ${NODES.join(', ')}; ` +
        `${suite.numPassedTests} tests of ${SUITE} pass with the bundles on ${LAMBDA_NODE}`,
      details: [],
      faults: [...faults, ...failuresOf(suite, SUITE)],
    };
  },
};

async function runsIn({ root, cache }: Workshop): Promise<Run[]> {
  await mkdir(cache, { recursive: true });
  const empty = join(cache, 'no-records.json');
  await writeFile(empty, '{"a":1}');
  const demo = join(root, 'demo');
  const given = ['--config', join(demo, 'credlock.json'), '--ip-ranges', join(demo, 'ip-ranges.json')];
  const replay = ['replay', join(demo, 'trail'), ...given];
  return [
    { args: ['--version'], status: 0, shows: version },
    { args: ['--help'], status: 0, shows: 'replay' },
    { args: replay, status: 0, shows: 'HIGH' },
    { args: [...replay, '--threads', '2', '--format', 'jsonl'], status: 0, shows: 'credlock.finding/1' },
    { args: [...replay, '--format', 'html'], status: 0, shows: '<html' },
    { args: [...replay, '--fail-on', 'HIGH', '--format', 'asff'], status: 3, shows: 'SchemaVersion' },
    { args: ['replay', empty, ...given], status: 2, shows: '' },
    { args: ['replay', '--no-such-option'], status: 1, shows: '' },
    // The SDK announces when it will no longer support a version of Node.js; nothing listens at the port.
    { args: ['doctor'], status: 1, shows: '' },
  ];
}

const NOBODY = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined,
  NODE_PATH: undefined,
};

async function commandLineFaults(workshop: Workshop, runs: readonly Run[]): Promise<string[]> {
  const outcomes: { node: string; all: Outcome[] }[] = [];
  const cli = join(workshop.root, 'dist/bin/credlock.js');
  for (const node of NODES) {
    const binary = await nodeBinary(workshop, node);
    const all: Outcome[] = [];
    for (const { args } of runs) all.push(await execute(binary, [cli, ...args], { env: NOBODY }));
    outcomes.push({ node, all });
  }
  return outcomes.flatMap(({ node, all }) =>
    all.flatMap((outcome, at) => {
      const run = runs[at];
      const told = `credlock ${run?.args.join(' ')} on Node.js ${node}`;
      return run ? faultsOf(outcome, run, outcomes[0]?.all[at]).map((fault) => `${told}: ${fault}`) : [];
    }),
  );
}

function faultsOf({ status, stdout, stderr }: Outcome, run: Run, onFirst: Outcome | undefined): string[] {
  const warned = stderr.split('\n').filter((line) => /warning|deprecat/i.test(line));
  return [
    ...(status === run.status ? [] : [`exits with ${status} and not ${run.status}: ${stderr.slice(0, 500)}`]),
    ...(stdout.includes(run.shows) ? [] : [`does not print ${run.shows}`]),
    ...warned.map((line) => `prints ${line}`),
    ...(isDeepStrictEqual({ status, stdout, stderr }, onFirst) ? [] : [`differs from Node.js ${NODES[0]}`]),
  ];
}
