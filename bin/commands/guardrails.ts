import { Command, InvalidArgumentError, Option } from 'commander';
import { GUARDRAILS, type GuardrailName } from '../../lambda/detection/guardrails/guardrail';
import { checkGuardrails, type CheckOptions } from '../guardrails/check-guardrails';
import { printGuardrails, type PrintOptions } from '../guardrails/print-guardrails';

const CHECK_EXAMPLES = `
Examples:
  credlock guardrails check ./CloudTrail                                 all seven, without exemptions
  credlock guardrails check ./CloudTrail --only deny-imdsv1-keys         one of them
  credlock guardrails check ./CloudTrail --guardrails guardrails.json    those enabled, with their exemptions
  credlock guardrails check ./CloudTrail --format jsonl                  one row per line (credlock.guardrail-check/1)

The guardrails: ${GUARDRAILS.join(', ')}.
CloudTrail does not record condition keys, so each row states how certain it is, and why.

Exit codes: 0 no call would be denied; 1 wrong usage or a fatal error; 2 some input could not be read; 3 calls would be
denied, certainly or likely. Calls that a finding is about do not count: there the guardrail would stop an attacker.`;

const PRINT_EXAMPLES = `
Examples:
  credlock guardrails print                     all policies as one JSON list, each statement explained
  credlock guardrails print --out policies/     one file per policy, for \`aws organizations create-policy --content\``;

/** `credlock guardrails`: prints the policies, and checks them against recorded calls. */
export function guardrailsCommand(): Command {
  return new Command('guardrails')
    .description('Prints policies that make stolen instance credentials useless, and checks what they would break.')
    .addCommand(checkCommand())
    .addCommand(printCommand());
}

function checkCommand(): Command {
  return new Command('check')
    .description(
      'Checks recorded calls against the guardrails: which callers they would have denied, and how certainly.',
    )
    .argument('<path...>', 'CloudTrail files and folders, gzipped or not; - for standard input')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'jsonl']).default('table'))
    .option('--out <file>', 'write to this file instead of standard output')
    .option(
      '--guardrails <file>',
      'JSON file: the enabled guardrails and their exemptions (default: all, without exemptions)',
    )
    .option('--only <names...>', 'only these guardrails, enabled or not', namesOf)
    .option('--config <file>', 'JSON file of detection settings; calls that a finding is about are marked')
    .option(
      '--ip-ranges <file>',
      'AWS’s ip-ranges.json, or none (default: the copy downloaded by `credlock ip-ranges`, else the one that ships)',
    )
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (paths: string[], options: CheckOptions) => {
      process.exitCode = await checkGuardrails(paths, options);
    });
}

function printCommand(): Command {
  return new Command('print')
    .description('Prints the policies, for review or for use without CDK.')
    .option('--out <folder>', 'write one file per policy into this folder')
    .option(
      '--guardrails <file>',
      'JSON file: the enabled guardrails and their exemptions (default: all, without exemptions)',
    )
    .addOption(
      new Option('--partition <partition>', 'AWS partition of the ARNs')
        .choices(['aws', 'aws-cn', 'aws-us-gov'])
        .default('aws'),
    )
    .addHelpText('after', PRINT_EXAMPLES)
    .action((options: PrintOptions) => printGuardrails(options));
}

/** Repeatable, and separated by commas. */
function namesOf(text: string, before: readonly GuardrailName[] = []): GuardrailName[] {
  const names = text.split(',').map((given) => {
    const name = GUARDRAILS.find((one) => one === given.trim());
    if (name === undefined) throw new InvalidArgumentError(`It must be one of ${GUARDRAILS.join(', ')}.`);
    return name;
  });
  return [...before, ...names];
}
