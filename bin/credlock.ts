import { Command, CommanderError } from 'commander';
import { backfillCommand } from './commands/backfill';
import { doctorCommand } from './commands/doctor';
import { guardrailsCommand } from './commands/guardrails';
import { ipRangesCommand } from './commands/ip-ranges';
import { replayCommand } from './commands/replay';
import { seedCommand } from './commands/seed';
import { simulateCommand } from './commands/simulate';
import { version } from '../package.json';
import { messageOf } from './terminal/error-message';
import { tell } from './terminal/stderr';
import { isBrokenPipe } from './files/write-output';

const program = new Command('credlock')
  .description('Finds AWS workload credentials that are used anywhere but on the workload AWS issued them to.')
  .version(version)
  .showHelpAfterError('(add --help for what there is)')
  .addCommand(replayCommand())
  .addCommand(guardrailsCommand())
  .addCommand(ipRangesCommand())
  .addCommand(seedCommand())
  .addCommand(backfillCommand())
  .addCommand(doctorCommand())
  .addCommand(simulateCommand());

program.exitOverride();
for (const command of program.commands) {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inner.copyInheritedSettings(program);
}
for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessLeft);
program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
    return;
  }
  tell(`credlock: ${messageOf(error)}\n`);
  process.exitCode = 1;
});

/** A reader that has seen enough (`| head`) is no fault. What else goes wrong with output is fatal. */
function unlessLeft(error: Error): void {
  if (!isBrokenPipe(error)) process.exitCode = 1;
}
