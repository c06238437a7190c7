import { argv } from './replay/start-early';
import { Command, CommanderError } from 'commander';
import { backfillCommand } from './commands/backfill';
import { completionCommand } from './commands/completion';
import { doctorCommand } from './commands/doctor';
import { guardrailsCommand } from './commands/guardrails';
import { huntCommand } from './commands/hunt';
import { initCommand } from './commands/init';
import { ipRangesCommand } from './commands/ip-ranges';
import { replayCommand } from './commands/replay';
import { seedCommand } from './commands/seed';
import { simulateCommand } from './commands/simulate';
import { version } from '../package.json';
import { messageOf } from './terminal/error-message';
import { notify } from './terminal/stderr';
import { wrapLines } from './terminal/wrap-lines';
import { isBrokenPipe } from './files/write-output';

/** Of descriptions in the help. */
const NARROWEST_COLUMN = 24;

const program = new Command('credlock')
  .description('Detects stolen AWS workload credentials: use from anywhere but the workload they were issued to.')
  .version(version, '-v, --version')
  .showHelpAfterError('(add --help for usage)')
  .configureHelp({ minWidthToWrap: NARROWEST_COLUMN })
  .configureOutput({
    writeOut: (text) => process.stdout.write(fitted(text, process.stdout)),
    writeErr: (text) => process.stderr.write(fitted(text, process.stderr)),
  })
  .addCommand(replayCommand())
  .addCommand(huntCommand())
  .addCommand(initCommand())
  .addCommand(guardrailsCommand())
  .addCommand(ipRangesCommand())
  .addCommand(seedCommand())
  .addCommand(backfillCommand())
  .addCommand(doctorCommand())
  .addCommand(simulateCommand());
program.addCommand(completionCommand(program));

program.exitOverride();
for (const command of program.commands) {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inner.copyInheritedSettings(program);
}
for (const stream of [process.stdout, process.stderr]) stream.on('error', onStreamError);
program.parseAsync(argv).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
    return;
  }
  notify(`credlock: ${messageOf(error)}\n`);
  process.exitCode = 1;
});

/** A closed pipe (`| head`) is not an error. */
function onStreamError(error: Error): void {
  if (!isBrokenPipe(error)) process.exitCode = 1;
}

/** Wrapped if it goes to a terminal. */
function fitted(text: string, { isTTY, columns }: NodeJS.WriteStream): string {
  return isTTY ? wrapLines(text, columns) : text;
}
