import { Command, Option } from 'commander';
import { SEVERITIES } from '../../lambda/detection/model/finding';
import { HUNT_FORMATS, namesOf } from '../formats/output-formats';
import type { HuntOptions } from '../hunt/hunt';
import { accountOf, collected, countOf, regionOf, severityOf, timeOf } from './arguments';

/** Megabytes. */
const PART_SIZE = 256;

const EXAMPLES = `
Examples:
  credlock hunt --local ./CloudTrail                          what replay prints, in bounded memory
  credlock hunt --local ./CloudTrail --part-size 64           in a quarter of the memory
  credlock hunt --local ./CloudTrail --work ./hunt            again after an interruption: goes on where it was

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some input could not be read, or no record was in it; 3 findings at or above --fail-on.`;

export function huntCommand(): Command {
  return new Command('hunt')
    .description(
      'Finds what replay finds, in stages over parts of the workloads: the memory it needs does not grow with their number.',
    )
    .requiredOption('--local <folder>', 'folder with CloudTrail records in any form, on this machine')
    .option('--from <time>', 'only from this date (00:00) or ISO 8601 time on, UTC, by the names of log files', timeOf)
    .option('--to <time>', 'only before this time', timeOf)
    .option('--account <id>', 'only log files of this account (repeatable)', collected(accountOf))
    .option('--region <name>', 'only log files of this Region (repeatable)', collected(regionOf))
    .addOption(
      new Option('--format <format>', 'output format').choices(namesOf(HUNT_FORMATS)).default(HUNT_FORMATS[0].name),
    )
    .option('--out <file>', 'write to this file instead of standard output')
    .option('--config <file>', 'JSON file of detection settings (default: ./credlock.json, if there is one)')
    .option(
      '--ip-ranges <file>',
      'AWS’s ip-ranges.json, or none (default: the copy downloaded by `credlock ip-ranges`, else the one that ships)',
    )
    .addOption(
      new Option('--min-severity <severity>', 'only findings of at least this severity')
        .choices([...SEVERITIES])
        .argParser(severityOf)
        .default('INFORMATIONAL'),
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with code 3 if there is a finding of at least this severity, suppressed ones excepted',
      )
        .choices([...SEVERITIES])
        .argParser(severityOf),
    )
    .option(
      '--part-size <megabytes>',
      'log files, as they are stored, whose workloads are judged at once: bounds the memory',
      countOf,
      PART_SIZE,
    )
    .option(
      '--work <folder>',
      'keep the work in this folder, and go on with what is there (default: a temporary folder)',
    )
    .option('--threads <count>', 'threads that read files (default: one per core, at most 8)', countOf)
    .addHelpText('after', EXAMPLES)
    .action(async (options: HuntOptions) => {
      const { hunt } = await import('../operations.js');
      process.exitCode = await hunt(options);
    });
}
