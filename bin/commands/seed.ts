import { Command } from 'commander';
import type { SeedOptions } from '../seed/seed';
import { accountOf, collected, regionOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock seed                            all accounts and Regions heard so far
  credlock seed --account 111122223333 --region eu-west-1
  credlock seed --config-snapshot *.gz     from AWS Config instead of EC2
  credlock seed --dry-run                  only says what is there

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some accounts could not be
read or stored.`;

/** `credlock seed`: tells the detector what was there before it was. */
export function seedCommand(): Command {
  const command = new Command('seed')
    .description(
      'Stores which instance, NAT gateway and endpoint has which address by now, for what predates the records.',
    )
    .option('--account <id>', 'an account to read (repeatable; default: all that were heard)', collected(accountOf))
    .option('--accounts <file>', 'account ids, one a line; # begins a comment')
    .option(
      '--region <name>',
      'a Region to read (repeatable; default: those each account was heard in)',
      collected(regionOf),
    )
    .option('--config-snapshot <file...>', 'read AWS Config snapshot files, gzipped or not, instead of asking EC2')
    .option('--dry-run', 'read and count, store nothing');
  return withDeployment(command, [
    'lockTable',
    'delayedQueueUrl',
    'configBucket',
    'settingsKey',
    'ipRangesKey',
    'verificationRole',
    'regions',
  ])
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async (options: SeedOptions) => {
      const { seed } = await import('../operations.js');
      process.exitCode = await seed(options);
    });
}
