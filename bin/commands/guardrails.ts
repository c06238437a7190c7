import { Command, InvalidArgumentError, Option } from 'commander';
import { GUARDRAILS, type GuardrailName } from '../../lambda/detection/guardrails/guardrail';
import { checkGuardrails, type CheckOptions } from '../guardrails/check-guardrails';
import { printGuardrails, type PrintOptions } from '../guardrails/print-guardrails';

const CHECK_EXAMPLES = `
Examples:
  credlock guardrails check ./CloudTrail                                 all seven, without exceptions
  credlock guardrails check ./CloudTrail --only deny-imdsv1-keys         one of them
  credlock guardrails check ./CloudTrail --guardrails guardrails.json    those that are on, with their exceptions
  credlock guardrails check ./CloudTrail --format jsonl                  one row a line (credlock.guardrail-check/1)

The guardrails: ${GUARDRAILS.join(', ')}.
Condition keys are not in CloudTrail's records, so each answer says how sure it is, and why.

Exit codes: 0 nobody would break; 1 wrong usage or a fatal error; 2 some input could not be read; 3 somebody would break,
certainly or likely. What a finding is about does not count: there the guardrail would stop a thief.`;

const PRINT_EXAMPLES = `
Examples:
  credlock guardrails print                     all policies, each statement explained, as one JSON list
  credlock guardrails print --out policies/     one file for each, as \`aws organizations create-policy --content\` takes it`;

/** `credlock guardrails`: what the policies would do to recorded traffic, and the policies themselves. */
export function guardrailsCommand(): Command {
  return new Command('guardrails')
    .description('Policies that close the door to stolen instance keys: what they are, and whom they would break.')
    .addCommand(checkCommand())
    .addCommand(printCommand());
}

function checkCommand(): Command {
  return new Command('check')
    .description(
      'Replays recorded traffic against the guardrails and says who would have been denied, and how sure that is.',
    )
    .argument('<path...>', 'CloudTrail files and folders, gzipped or not, of any wrapping; - for standard input')
    .addOption(new Option('--format <format>', 'how rows are printed').choices(['table', 'jsonl']).default('table'))
    .option('--out <file>', 'write there instead of to standard output')
    .option('--guardrails <file>', 'which guardrails are on, and whom they leave alone, as JSON (default: all, nobody)')
    .option('--only <names...>', 'only these guardrails, whether they are on or not', namesOf)
    .option('--config <file>', 'settings of detection, as JSON: what a finding is about is told apart')
    .option('--ip-ranges <file>', 'AWS’s ip-ranges.json (default: the copy that `credlock ip-ranges` downloaded)')
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (paths: string[], options: CheckOptions) => {
      process.exitCode = await checkGuardrails(paths, options);
    });
}

function printCommand(): Command {
  return new Command('print')
    .description('Prints the policies, to read or to create them without CDK.')
    .option('--out <folder>', 'one file for each policy there')
    .option('--guardrails <file>', 'which guardrails are on, and whom they leave alone, as JSON (default: all, nobody)')
    .addOption(
      new Option('--partition <partition>', 'what ARNs begin with')
        .choices(['aws', 'aws-cn', 'aws-us-gov'])
        .default('aws'),
    )
    .addHelpText('after', PRINT_EXAMPLES)
    .action((options: PrintOptions) => printGuardrails(options));
}

/** Names one by one, or several with commas between them. */
function namesOf(text: string, before: readonly GuardrailName[] = []): GuardrailName[] {
  const names = text.split(',').map((given) => {
    const name = GUARDRAILS.find((one) => one === given.trim());
    if (name === undefined) throw new InvalidArgumentError(`It must be one of ${GUARDRAILS.join(', ')}.`);
    return name;
  });
  return [...before, ...names];
}
