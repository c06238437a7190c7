import { Command, Option } from 'commander';
import { namesOf, OUTPUT_FORMATS } from '../formats/output-formats';
import { FEW_UNREADABLE, MAX_UNREADABLE, MOST_INCIDENTS } from '../../lambda/hunt-names';
import type { LocalHuntOptions } from '../hunt/hunt';
import type { AwsHuntOptions } from '../hunt/hunt-in-aws';
import { CREDENTIALS_HELP } from '../deployment/deployment-options';
import {
  accountOf,
  collected,
  countOf,
  durationOf,
  failOn,
  minSeverity,
  hoursOf,
  percentOf,
  regionOf,
  timeOf,
} from './arguments';

/** Megabytes. */
const PART_SIZE = 256;
const MEMORY = 2_000;

const EXAMPLES = `
Examples:
  credlock hunt --from 2026-01-01 --to 2026-10-01             in AWS, by the stack credlock-hunt: starts it and waits
  credlock hunt --from 2026-01-01 --to 2026-10-01 --estimate  what that takes and costs
  credlock hunt --watch NAME                                  waits for a hunt that was started, and prints its findings
  credlock hunt --status NAME                                 how far it is
  credlock hunt --redrive NAME                                runs again what failed
  credlock hunt --local ./CloudTrail                          on this machine: what replay prints, in bounded memory
  credlock hunt --local ./CloudTrail --memory 1000            in half of the memory, and more passes
  credlock hunt --local ./CloudTrail --work ./hunt            again after an interruption: goes on where it was

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some input could not be read, or no record was in it; 3 findings at or above --fail-on.`;

export function huntCommand(): Command {
  return new Command('hunt')
    .description(
      'Finds what replay finds, in stages over parts of the workloads: in AWS over a trail’s bucket, or on this machine in bounded memory.',
    )
    .option('--local <folder>', 'on this machine: folder with CloudTrail records in any form')
    .option('--from <time>', 'only from this date (00:00) or ISO 8601 time on, UTC, by the names of log files', timeOf)
    .option('--to <time>', 'only before this time', timeOf)
    .option('--account <id>', 'only log files of this account (repeatable)', collected(accountOf))
    .option('--region <name>', 'only log files of this Region (repeatable)', collected(regionOf))
    .addOption(
      new Option(
        '--format <format>',
        `output format (default: that of --out by its extension, or ${OUTPUT_FORMATS[0].name})`,
      ).choices(namesOf(OUTPUT_FORMATS)),
    )
    .option('--out <file>', 'write to this file instead of standard output')
    .option(
      '--incidents <count>',
      'with --format html: the page shows so many incidents, the worst; all findings are written as CSV beside it if there are more',
      countOf,
      MOST_INCIDENTS,
    )
    .option(
      '--asff-account <account>',
      'with --format asff: the account that imports the findings (default: the workload’s own)',
      accountOf,
    )
    .option('--long', 'with --format table: the evidence of each finding')
    .option('--config <file>', 'JSON file of detection settings (default: ./credlock.json, if there is one)')
    .option(
      '--ip-ranges <file>',
      'AWS’s ip-ranges.json, or none (default: the copy downloaded by `credlock ip-ranges`, else the one that ships)',
    )
    .addOption(minSeverity())
    .addOption(failOn())
    .option(
      '--part-size <megabytes>',
      'log files, as they are stored, for each part of the workloads: in AWS, parts are judged at the same time',
      countOf,
      PART_SIZE,
    )
    .option(
      '--memory <megabytes>',
      'with --local: memory of the process; a part that needs more is judged in several passes',
      countOf,
      MEMORY,
    )
    .option(
      '--work <folder>',
      'keep the work in this folder, and go on with what is there (default: a temporary folder)',
    )
    .option(
      '--max-unreadable <percent>',
      `fail if more of the log files cannot be read (default: in AWS ${MAX_UNREADABLE}, and more than ${FEW_UNREADABLE} files; with --local none)`,
      percentOf,
    )
    .option('--threads <count>', 'with --local: threads that read files (default: one per core, at most 8)', countOf)
    .option(
      '--estimate',
      'print the number and size of the log files, and about how long it takes and costs; start nothing',
    )
    .option('--json', 'with --estimate, --status and --watch: JSON for scripts')
    .option('--name <name>', 'in AWS: name of the hunt (default: made of the period and the time)')
    .addOption(new Option('--watch <name>', 'wait for this hunt, and print its findings').conflicts(others('watch')))
    .addOption(new Option('--status <name>', 'show how far this hunt is').conflicts(others('status')))
    .addOption(new Option('--stop <name>', 'stop this hunt').conflicts(others('stop')))
    .addOption(new Option('--redrive <name>', 'run again what failed of this hunt').conflicts(others('redrive')))
    .addOption(
      new Option(
        '--publish',
        'in AWS: judge by the deployment’s settings, and send the findings that it does not have to Security Hub and the bus (stack option huntPublish)',
      ).conflicts([...others('name'), 'config', 'ipRanges']),
    )
    .addOption(
      new Option(
        '--store-facts',
        'in AWS: judge by the deployment’s settings, and store the facts in its lock table, in place of a backfill (stack option huntStoreFacts)',
      ).conflicts([...others('name'), 'config', 'ipRanges']),
    )
    .option(
      '--presign <hours>',
      'in AWS: print a URL of the report’s page at the end, for people without credentials; a secret',
      hoursOf,
    )
    .option('--every <duration>', 'in AWS: time between two looks, such as 30s', durationOf, 5_000)
    .option('--state-machine <arn>', 'the state machine (default: output HuntStateMachine of stack credlock-hunt)')
    .option('--hunt-bucket <name>', 'the bucket of the work (default: output HuntBucket)')
    .option('--trail-bucket <name>', 'with --estimate: the bucket of the log files (default: output TrailBucket)')
    .option('--trail-bucket-owner <account>', 'with --estimate: the account it belongs to', accountOf)
    .option('--trail-prefix <prefix>', 'with --estimate: the key prefix before AWSLogs/')
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(
      async ({ local, ...options }: AwsHuntOptions & Pick<LocalHuntOptions, 'memory'> & Partial<LocalHuntOptions>) => {
        const { huntHere, huntInAws } = await import('../hunts.js');
        process.exitCode = await (local === undefined ? huntInAws(options) : huntHere({ ...options, local }));
      },
    );
}

const NAMED = ['watch', 'status', 'stop', 'redrive', 'name', 'local', 'estimate'];

/** Flags that name something else to do. */
function others(than: string): string[] {
  return NAMED.filter((name) => name !== than);
}
