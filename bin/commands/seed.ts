import { Command } from 'commander';
import type { SeedOptions } from '../seed/seed';
import { accountOf, collected, regionOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock seed                            all accounts and Regions that have sent events
  credlock seed --account 111122223333 --region eu-west-1
  credlock seed --config-snapshot *.gz     from AWS Config snapshots instead of the EC2 API
  credlock seed --dry-run                  count only

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some accounts could not be
read or stored.`;

/** `credlock seed`: stores the addresses that existed before the first records. */
export function seedCommand(): Command {
  const command = new Command('seed')
    .description('Gives a deployed detector the current addresses of instances, NAT gateways and VPC endpoints.')
    .option(
      '--account <id>',
      'only this account (repeatable; default: all that have sent events)',
      collected(accountOf),
    )
    .option('--accounts <file>', 'file of account ids, one per line; # starts a comment')
    .option(
      '--region <name>',
      'only this Region (repeatable; default: those with events of the account)',
      collected(regionOf),
    )
    .option('--config-snapshot <file...>', 'read AWS Config snapshot files, gzipped or not, instead of the EC2 API')
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
