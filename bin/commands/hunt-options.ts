import { Option } from 'commander';
import { FEW_UNREADABLE, MAX_UNREADABLE, MOST_INCIDENTS } from '../../lambda/hunt-names';
import { namesOf, OUTPUT_FORMATS } from '../formats/output-formats';
import {
  accountOf,
  collected,
  countOf,
  durationOf,
  failOn,
  hoursOf,
  minSeverity,
  percentOf,
  prefixOf,
  regionOf,
  timeOf,
} from './arguments';

/** What a command line of `hunt` does, by the options that ask for it. */
export const HUNT_MODES = {
  local: '--local',
  localEstimate: '--local --estimate',
  start: 'a new hunt in AWS',
  estimate: '--estimate in AWS',
  watch: '--watch',
  redrive: '--redrive',
  status: '--status',
  stop: '--stop',
} as const;

export type HuntMode = keyof typeof HUNT_MODES;

/** Options with an effect in the same modes. */
export interface HuntOptionGroup {
  /** In the help. */
  readonly title: string;
  readonly modes: readonly HuntMode[];
  readonly options: readonly Option[];
}

const PLANNED = ['local', 'localEstimate', 'start', 'estimate'] as const;
const PRINTED = ['local', 'start', 'watch', 'redrive'] as const;
const FOLLOWED = ['start', 'watch', 'redrive'] as const;

const PURPOSES = 'What to do instead of a new hunt in AWS';

/** Megabytes. */
const PART_SIZE = 256;
const MEMORY = 2_000;

/** All options of `credlock hunt`: what is checked, the help and docs/hunt.md follow it. */
export function huntOptions(): HuntOptionGroup[] {
  return [...purposes(), ...readings(), ...outputs(), ...inAws()];
}

function purposes(): HuntOptionGroup[] {
  const estimated = 'print the number and size of the log files, and about how long it takes and costs; start nothing';
  return [
    purpose(
      ['local', 'localEstimate'],
      new Option('--local <folder>', 'on this machine: folder with CloudTrail records in any form'),
    ),
    purpose(['localEstimate', 'estimate'], new Option('--estimate', estimated)),
    purpose(['watch'], new Option('--watch <name>', 'wait for this hunt, and print its findings')),
    purpose(['status'], new Option('--status <name>', 'show how far this hunt is')),
    purpose(['stop'], new Option('--stop <name>', 'stop this hunt')),
    purpose(['redrive'], new Option('--redrive <name>', 'run again what failed of this hunt')),
  ];
}

function purpose(modes: readonly HuntMode[], option: Option): HuntOptionGroup {
  return { title: PURPOSES, modes, options: [option] };
}

function readings(): HuntOptionGroup[] {
  return [
    {
      title: 'Log files',
      modes: PLANNED,
      options: [
        new Option(
          '--from <time>',
          'only from this date (00:00) or ISO 8601 time on, UTC, by the names of log files',
        ).argParser(timeOf),
        new Option('--to <time>', 'only before this time').argParser(timeOf),
        new Option('--account <id>', 'only log files of this account (repeatable)').argParser(collected(accountOf)),
        new Option('--region <name>', 'only log files of this Region (repeatable)').argParser(collected(regionOf)),
        new Option(
          '--part-size <megabytes>',
          'log files, as they are stored, for each part of the workloads: in AWS, parts are judged at the same time',
        )
          .argParser(countOf)
          .default(PART_SIZE),
      ],
    },
    {
      title: 'Judging',
      modes: ['local', 'start'],
      options: [
        new Option('--config <file>', 'JSON file of detection settings (default: ./credlock.json, if there is one)'),
        new Option(
          '--ip-ranges <file>',
          'AWS’s ip-ranges.json, or none (default: the copy downloaded by `credlock ip-ranges`, else the one that ships)',
        ),
      ],
    },
    {
      title: 'Files that cannot be read',
      modes: ['local', 'start', 'redrive'],
      options: [
        new Option(
          '--max-unreadable <percent>',
          `fail if more of the log files cannot be read (default: in AWS ${MAX_UNREADABLE}, and more than ${FEW_UNREADABLE} files; with --local none)`,
        ).argParser(percentOf),
      ],
    },
    {
      title: 'Memory and work',
      modes: ['local'],
      options: [
        new Option('--memory <megabytes>', 'memory of the process; a part that needs more is judged in several passes')
          .argParser(countOf)
          .default(MEMORY),
        new Option(
          '--work <folder>',
          'keep the work in this folder, and go on with what is there (default: a temporary folder)',
        ),
      ],
    },
    {
      title: 'Threads',
      modes: ['local', 'localEstimate'],
      options: [
        new Option('--threads <count>', 'threads that read files (default: one per core, at most 8)').argParser(
          countOf,
        ),
      ],
    },
  ];
}

function outputs(): HuntOptionGroup[] {
  return [
    {
      title: 'Findings',
      modes: PRINTED,
      options: [
        new Option(
          '--format <format>',
          `output format (default: that of --out by its extension, or ${OUTPUT_FORMATS[0].name})`,
        ).choices(namesOf(OUTPUT_FORMATS)),
        new Option('--out <file>', 'write to this file instead of standard output'),
        new Option(
          '--incidents <count>',
          'with --format html: the page shows so many incidents, the worst; all findings are written as CSV beside it if there are more',
        )
          .argParser(countOf)
          .default(MOST_INCIDENTS),
        new Option(
          '--asff-account <account>',
          'with --format asff: the account that imports the findings (default: the workload’s own)',
        ).argParser(accountOf),
        new Option('--long', 'with --format table: the evidence of each finding'),
        minSeverity(),
        failOn(),
      ],
    },
    {
      title: 'Progress',
      modes: ['localEstimate', 'estimate', 'status', ...FOLLOWED],
      options: [new Option('--json', 'JSON for scripts: the estimate and --status; progress, on standard error')],
    },
  ];
}

function inAws(): HuntOptionGroup[] {
  return [
    {
      title: 'Name',
      modes: ['start'],
      options: [new Option('--name <name>', 'name of the hunt (default: made of the period and the time)')],
    },
    {
      title: 'Outputs',
      modes: ['start', 'estimate'],
      options: [
        new Option(
          '--publish',
          'judge by the deployment’s settings, and send the findings that it does not have to Security Hub and the bus (stack option huntPublish)',
        ),
        new Option(
          '--store-facts',
          'judge by the deployment’s settings, and store the facts in its lock table, in place of a backfill (stack option huntStoreFacts)',
        ),
      ],
    },
    {
      title: 'While it runs, and at its end',
      modes: FOLLOWED,
      options: [
        new Option(
          '--presign <hours>',
          'print a URL of the report’s page at the end, for people without credentials; a secret',
        ).argParser(hoursOf),
        new Option('--every <duration>', 'time between two looks, such as 30s')
          .argParser(durationOf)
          .default(5_000, '5s'),
      ],
    },
    {
      title: 'Where hunts are',
      modes: [...FOLLOWED, 'status', 'stop'],
      options: [
        new Option(
          '--state-machine <arn>',
          'the state machine (default: output HuntStateMachine of stack credlock-hunt)',
        ),
        new Option('--hunt-bucket <name>', 'the bucket of the work (default: output HuntBucket)'),
      ],
    },
    {
      title: 'Where the log files are',
      modes: ['estimate'],
      options: [
        new Option('--trail-bucket <name>', 'the bucket of the log files (default: output TrailBucket)'),
        new Option('--trail-bucket-owner <account>', 'the account it belongs to').argParser(accountOf),
        new Option('--trail-prefix <prefix>', 'the key prefix before AWSLogs/, ending in a slash').argParser(prefixOf),
      ],
    },
  ];
}

/** The heading of a group in the help, where all that ask for something to do are under one. */
export function headingOf({ title, modes }: HuntOptionGroup): string {
  return `${title}${title === PURPOSES ? '' : `, for ${modesText(modes)}`}:`;
}

/** What options have an effect with, for people: `--watch or --redrive`. */
export function modesText(modes: readonly HuntMode[]): string {
  const texts = Object.entries(HUNT_MODES).flatMap(([mode, text]) => (modes.some((one) => one === mode) ? [text] : []));
  const [last = ''] = texts.slice(-1);
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}
