import { Command, CommanderError } from 'commander';
import { ipRangesCommand } from './commands/ip-ranges';
import { replayCommand } from './commands/replay';
import { version } from '../package.json';
import { messageOf } from './message-of';

const program = new Command('credlock')
  .description('Finds AWS workload credentials that are used anywhere but on the workload AWS issued them to.')
  .version(version)
  .showHelpAfterError('(add --help for what there is)')
  .addCommand(replayCommand())
  .addCommand(ipRangesCommand());

program.exitOverride();
program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
    return;
  }
  process.stderr.write(`credlock: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
