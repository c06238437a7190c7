import { Command, Option } from 'commander';
import type { BackfillOptions } from '../backfill/backfill';
import { accountOf, collected, countOf, regionOf, timeOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock backfill --days 3 --dry-run            how many log files, how large
  credlock backfill --days 3                      three days of all accounts
  credlock backfill --since 2026-09-01 --until 2026-09-04 --account 111122223333
  credlock backfill --days 3 --resume-after KEY   a run that broke off named it

Exit codes: 0 done; 1 wrong usage or a fatal error.`;

/** `credlock backfill`: feeds the trail's last days to the detector, which learns from them and raises nothing. */
export function backfillCommand(): Command {
  const command = new Command('backfill')
    .description(
      'Has the deployed detector learn from the trail’s log files of the last days, without findings about them.',
    )
    .option('--days <number>', 'how many days back (default: 7)', countOf)
    .option('--since <time>', 'instead of --days: a date (its first moment) or an ISO 8601 time, UTC', timeOf)
    .option('--until <time>', 'records before it (default: now)', timeOf)
    .option('--account <id>', 'an account (repeatable; default: all in the bucket)', collected(accountOf))
    .option('--accounts <file>', 'account ids, one a line; # begins a comment')
    .option('--region <name>', 'a Region (repeatable; default: all in the bucket)', collected(regionOf))
    .option('--resume-after <key>', 'go on after this log file, oldest first')
    .addOption(
      new Option('--verdicts <on|off>', 'whether what is found in them is told').choices(['on', 'off']).default('off'),
    )
    .option(
      '--most-waiting <number>',
      'send while fewer messages wait for `observe`: what happens now waits behind them',
      countOf,
      1_000,
    )
    .option('--dry-run', 'list and count, send nothing');
  return withDeployment(command, ['observeQueueUrl', 'trailBucket', 'trailBucketOwner', 'trailPrefix'])
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async (options: BackfillOptions) => {
      const { backfill } = await import('../operations.js');
      process.exitCode = await backfill(options);
    });
}
