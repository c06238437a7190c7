import { Command } from 'commander';
import { formatOf } from '../formats/format-of';
import type { LocalHuntOptions } from '../hunt/hunt';
import type { AwsHuntOptions } from '../hunt/hunt-in-aws';
import { CREDENTIALS_HELP } from '../deployment/deployment-options';
import { optionFaults, type GivenOption } from './hunt-faults';
import { headingOf, huntOptions } from './hunt-options';

const EXAMPLES = `
Examples:
  credlock hunt --from 2026-01-01 --to 2026-10-01             in AWS, by the stack credlock-hunt: starts it and waits
  credlock hunt --from 2026-01-01 --to 2026-10-01 --estimate  what that takes and costs
  credlock hunt --watch NAME                                  waits for a hunt that was started, and prints its findings
  credlock hunt --status NAME                                 how far it is
  credlock hunt --redrive NAME                                runs again what failed
  credlock hunt --local ./CloudTrail                          on this machine: what replay prints, in bounded memory
  credlock hunt --local ./CloudTrail --memory 1000            in half of the memory, and more passes
  credlock hunt --local ./CloudTrail --work ./hunt            again after an interruption: goes on where it was

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some input could not be read, or no record was in it; 3 findings at or above --fail-on.`;

type HuntOptions = AwsHuntOptions & Pick<LocalHuntOptions, 'memory'> & Partial<LocalHuntOptions>;

export function huntCommand(): Command {
  const command = new Command('hunt').description(
    'Finds what replay finds, in stages over parts of the workloads: in AWS over a trail’s bucket, or on this machine in bounded memory.',
  );
  for (const group of huntOptions())
    for (const option of group.options) command.addOption(option.helpGroup(headingOf(group)));
  const given = givenOptions(command);
  return command
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async ({ local, ...options }: HuntOptions) => {
      const faults = optionFaults(given, formatOf(options).name);
      if (faults.length > 0) throw new Error(faults.join('\n'));
      const { huntHere, huntInAws } = await import('../hunts.js');
      process.exitCode = await (local === undefined ? huntInAws(options) : huntHere({ ...options, local }));
    });
}

/** The options of the command line as they are given, once it is parsed. */
function givenOptions(command: Command): readonly GivenOption[] {
  const given: GivenOption[] = [];
  for (const option of command.options)
    command.on(`option:${option.name()}`, (value?: string) => {
      given.push({ flag: `--${option.name()}`, value: value ?? null });
    });
  return given;
}
