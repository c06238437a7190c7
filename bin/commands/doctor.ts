import { Command, Option } from 'commander';
import type { DoctorOptions } from '../doctor/doctor';
import { accountOf, collected, regionOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock doctor                              all accounts that have sent events
  credlock doctor --accounts accounts.txt      these accounts, even without any event
  credlock doctor --format jsonl | jq 'select(.problems != [])'

For each account, Region and kind of workload: the date of the first event, the
age of the last event, of the last read-only event (which arrives only if both
rules are in the right state), and of the last event that attributes credentials
to a workload.

Exit codes: 0 no problems; 1 problems found, wrong usage or a fatal error.`;

/** `credlock doctor`: checks that events arrive, and why they do not. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Checks for each account, Region and kind of workload that its events reach a deployed detector.')
    .option(
      '--account <id>',
      'only this account (repeatable; default: all that have sent events)',
      collected(accountOf),
    )
    .option('--accounts <file>', 'file of account ids, one per line; # starts a comment')
    .option(
      '--region <name>',
      'only this Region (repeatable; default: those with events and those deployed)',
      collected(regionOf),
    )
    .option('--wrong-only', 'show only rows with problems')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'jsonl']).default('table'));
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
