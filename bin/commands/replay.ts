import { Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES, type Severity } from '../../lambda/detection/model/finding';
import { namesOf, OUTPUT_FORMATS } from '../formats/output-formats';
import { replay } from '../replay/replay';
import { accountOf, timeOf } from './arguments';

const EXAMPLES = `
Examples:
  credlock replay ./CloudTrail                             a folder of log files, findings as a table
  credlock replay ./CloudTrail --format jsonl > out.jsonl  one finding a line (credlock.finding/1)
  credlock replay ./CloudTrail --format html --out report.html   one file for a browser, no network needed
  credlock replay monday/ --state facts.gz                 in parts, in any order:
  credlock replay tuesday/ --state facts.gz                the last run prints what one run over all would
  credlock replay ./CloudTrail --explain i-0abc…           why each origin of a workload is trusted or not
  zcat *.json.gz | credlock replay - --fail-on HIGH        from standard input; exit code 3 when something is found

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some input could not be read; 3 findings at or above --fail-on.`;

export function replayCommand(): Command {
  return new Command('replay')
    .description('Reads CloudTrail files and prints who used which workload’s credentials from where.')
    .argument('<path...>', 'CloudTrail files and folders, gzipped or not, of any wrapping; - for standard input')
    .addOption(
      new Option('--format <format>', 'how findings are printed')
        .choices(namesOf(OUTPUT_FORMATS))
        .default(OUTPUT_FORMATS[0].name),
    )
    .option(
      '--asff-account <account>',
      'the account that imports the findings of --format asff (default: the workload’s own)',
      accountOf,
    )
    .option('--out <file>', 'write there instead of to standard output')
    .option('--config <file>', 'settings, as JSON (every fault is named)')
    .option(
      '--ip-ranges <file>',
      'AWS’s ip-ranges.json (default: the copy that `credlock ip-ranges` downloaded, if there is one)',
    )
    .option(
      '--since <time>',
      'report only what was seen at or after it: a date (its first moment) or an ISO 8601 time, UTC; everything is still learned',
      timeOf,
    )
    .option('--until <time>', 'report only what was seen before it', timeOf)
    .addOption(
      new Option('--min-severity <severity>', 'show nothing below')
        .choices([...SEVERITIES])
        .argParser(severityOf)
        .default('INFORMATIONAL'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit with 3 when an active, unsuppressed finding is at or above')
        .choices([...SEVERITIES])
        .argParser(severityOf),
    )
    .option('--state <file>', 'read the facts of earlier runs from it, and write all facts back')
    .option(
      '--explain <id>',
      'instead of findings: every origin of a workload (id), session (ARN), access key (id) or finding (id), with its verdict and why',
    )
    .option(
      '--posture',
      'instead of findings: which roles on which instances still get their keys by IMDSv1, and what calls with them (table, jsonl: credlock.posture/1, asff)',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: Parameters<typeof replay>[1]) => {
      process.exitCode = await replay(paths, options);
    });
}

function severityOf(text: string): Severity {
  const severity = SEVERITIES.find((one) => one === text.toUpperCase());
  if (!severity) throw new InvalidArgumentError(`It must be one of ${SEVERITIES.join(', ')}.`);
  return severity;
}
