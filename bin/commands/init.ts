import { Command } from 'commander';
import { init, type InitOptions } from '../replay/init';
import { CONFIG_FILE } from '../replay/run-inputs';

const EXAMPLES = `
Examples:
  credlock init ./CloudTrail          writes ./credlock.json, which replay reads from then on
  credlock init ./CloudTrail --out -  prints it

Exit codes: 0 written; 1 wrong usage, or the file exists; 2 some input could not be read, or no record was in it.`;

/** `credlock init`. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'Writes a settings file with comments: the accounts in the records, and networks that may be your own.',
    )
    .argument('<path...>', 'CloudTrail files and folders in any form; - for standard input')
    .option('--out <file>', 'write to this file; - for standard output', CONFIG_FILE)
    .option('--ip-ranges <file>', 'AWS’s ip-ranges.json, or none (default: as in replay)')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: InitOptions) => {
      process.exitCode = await init(paths, options);
    });
}
