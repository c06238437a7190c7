import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import type { Check, CheckOptions, Report } from './check';
import { checkCommands } from './check-commands';
import { checkFormats } from './check-formats';
import { checkLockTable } from './check-lock-table';
import { checkPatterns } from './patterns/check-patterns';
import { checkPolicies } from './policies/check-policies';
import { checkPackage } from './check-package';
import { checkRuntimes } from './check-runtimes';
import { checkS3Inputs } from './check-s3-inputs';
import { checkHunt } from './hunt/check-hunt';
import { checkEndToEnd } from './end-to-end/check-end-to-end';
import { checkTemplates } from './templates/check-templates';
import { workshopIn, type Workshop } from './workshop';

const CHECKS: readonly Check[] = [
  checkPatterns,
  checkTemplates,
  checkPolicies,
  checkLockTable,
  checkFormats,
  checkCommands,
  checkRuntimes,
  checkPackage,
  checkEndToEnd,
  checkS3Inputs,
  checkHunt,
];

const USAGE = `npm run conformance -- [CHECK …] [--write] [--trail PATH …]

Holds the project to what others made. Checks: ${CHECKS.map(({ name }) => name).join(', ')}; all of them unless named.

  --write        keep what is found in the repository instead of comparing with it
  --trail PATH   also measure the event patterns over CloudTrail log files, or folders of them`;

async function main(): Promise<number> {
  const [root = '.', ...args] = process.argv.slice(2);
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      write: { type: 'boolean', default: false },
      trail: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const unknown = positionals.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) throw new Error(`no such check: ${unknown.join(', ')}\n\n${USAGE}`);
  const options = { write: values.write, trails: values.trail.map((path) => resolve(path)) };
  const chosen = CHECKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const workshop = workshopIn(root);
  const together = chosen.filter(({ alone }) => alone !== true);
  const passed = await Promise.all(together.map((check) => passes(check, workshop, options)));
  for (const check of chosen) if (check.alone === true) passed.push(await passes(check, workshop, options));
  const failed = passed.filter((yes) => !yes).length;
  say(`conformance: ${chosen.length - failed} checks passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

async function passes(check: Check, workshop: Workshop, options: CheckOptions): Promise<boolean> {
  const start = performance.now();
  const { summary, details, faults } = await check.run(workshop, options).catch(failure);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  for (const detail of details) say(`  ${detail}`);
  for (const fault of faults) say(`  FAULT ${fault}`);
  say(`${faults.length === 0 ? 'passed' : 'FAILED'} ${check.name} (${seconds} s): ${summary}\n`);
  return faults.length === 0;
}

function failure(error: unknown): Report {
  const message = error instanceof Error ? error.message : String(error);
  return { summary: 'could not be checked', details: [], faults: [message] };
}

function say(text: string): void {
  console.log(text);
}

main()
  .then((status) => {
    process.exitCode = status;
  })
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  });
