import { Command, Option } from 'commander';
import type { SimulateOptions } from '../simulate/simulate';
import { durationOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock simulate                 a sample finding, and how long it took
  credlock simulate --kubernetes    two sample findings on a cluster
  credlock simulate --clean         archive all sample findings

Exit codes: 0 finding imported in time, or samples archived; 1 no finding in time,
wrong usage or a fatal error.`;

/** `credlock simulate`: tests a deployment end to end with a sample finding. */
export function simulateCommand(): Command {
  const command = new Command('simulate')
    .description(
      'Sends records of a simulated credential theft to the hub’s event bus and waits for the finding in Security Hub.',
    )
    .addOption(
      new Option('--timeout <time>', 'maximum time to wait, such as 90s, 15m or 2h')
        .argParser(durationOf)
        .default(15 * 60_000, '15m'),
    )
    .option(
      '--kubernetes',
      'instead of a theft, put lines of the audit log and of Falco of a made-up cluster into the bucket of audit records',
    )
    .option('--clean', 'instead, archive earlier sample findings in Security Hub');
  return withDeployment(command, ['lockTable', 'hubBusName', 'auditBucket'])
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import('../operations.js');
      process.exitCode = await simulate(options);
    });
}
