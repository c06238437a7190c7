import { Command, Option } from 'commander';
import type { SimulateOptions } from '../simulate/simulate';
import { durationOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock simulate            a theft marked as a sample, and how long it took
  credlock simulate --clean    archives all samples in Security Hub

Exit codes: 0 told in time, or archived; 1 not in time, wrong usage, or a fatal
error.`;

/** `credlock simulate`: proves that a theft would be told. */
export function simulateCommand(): Command {
  const command = new Command('simulate')
    .description('Puts a sample theft on the hub’s event bus and waits until Security Hub has its finding.')
    .addOption(
      new Option('--timeout <time>', 'how long to wait: 90s, 15m, 2h')
        .argParser(durationOf)
        .default(15 * 60_000, '15m'),
    )
    .option('--clean', 'instead: archive the samples in Security Hub');
  return withDeployment(command, ['lockTable', 'hubBusName'])
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import('../operations.js');
      process.exitCode = await simulate(options);
    });
}
