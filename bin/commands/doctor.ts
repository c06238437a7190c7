import { Command, Option } from 'commander';
import type { DoctorOptions } from '../doctor/doctor';
import { accountOf, collected, regionOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock doctor                              everything that was heard
  credlock doctor --accounts accounts.txt      also accounts that were never heard
  credlock doctor --format jsonl | jq 'select(.problems != [])'

For each account, Region and kind: heard since when; how long ago the last event
came, the last that only reads (they come only where both rules have the right
state), and the last that proves whose credentials it was made with.

Exit codes: 0 all is well; 1 something is wrong, wrong usage, or a fatal error.`;

/** `credlock doctor`: whether the deployed detector hears what it should. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Says for each account, Region and kind of workload whether the detector hears it, and what is wrong.')
    .option('--account <id>', 'an account to look at (repeatable; default: all that were heard)', collected(accountOf))
    .option('--accounts <file>', 'account ids, one a line; # begins a comment')
    .option(
      '--region <name>',
      'a Region to look at (repeatable; default: those heard and those deployed)',
      collected(regionOf),
    )
    .option('--wrong-only', 'leave out what is well')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['table', 'jsonl']).default('table'));
  return withDeployment(command, [
    'lockTable',
    'configBucket',
    'settingsKey',
    'ipRangesKey',
    'hubBusName',
    'hubRules',
    'quarantineQueueUrl',
    'verificationRole',
    'regions',
    'workloads',
    'forwardAll',
    'mode',
  ])
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../operations.js');
      process.exitCode = await doctor(options);
    });
}
