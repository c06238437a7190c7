import { Command, Option } from 'commander';
import { namesOf, OUTPUT_FORMATS } from '../formats/output-formats';
import { replay } from '../replay/replay';
import { accountOf, clusterOf, collected, countOf, failOn, minSeverity, regionOf, timeOf } from './arguments';

const EXAMPLES = `
Examples:
  credlock replay ./CloudTrail                             findings in a folder of log files, as a table
  credlock replay ./CloudTrail --format jsonl > out.jsonl  one finding per line (credlock.finding/1)
  credlock replay ./CloudTrail --format html --out report.html   one self-contained page
  credlock replay monday/ --state facts.gz                 in parts, in any order: the last run
  credlock replay tuesday/ --state facts.gz                prints the same as one run over all
  credlock replay ./CloudTrail --explain i-0abc…           why each origin of this workload is trusted or not
  credlock replay s3://trail/AWSLogs/ --from 2026-09-01     log files in S3, by the dates in their names
  credlock replay ./audit --cluster arn:aws:eks:…          audit logs of an EKS cluster, with CloudTrail or without
  credlock replay --event-history --region eu-west-1       without a trail: the last 90 days
  zcat *.json.gz | credlock replay - --fail-on HIGH        from standard input; exit code 3 for HIGH findings

Exit codes: 0 done; 1 wrong usage or a fatal error; 2 some input could not be read, or no record was in it; 3 findings at or above --fail-on.`;

export function replayCommand(): Command {
  return new Command('replay')
    .description(
      'Finds workload credentials used outside their workload in CloudTrail records, and attacks on clusters in audit logs of Kubernetes. Files are read without access to AWS.',
    )
    .argument(
      '[path...]',
      'files and folders with CloudTrail records or audit logs of EKS in any form, s3://bucket/prefix; - for standard input',
    )
    .addOption(
      new Option('--format <format>', 'output format').choices(namesOf(OUTPUT_FORMATS)).default(OUTPUT_FORMATS[0].name),
    )
    .option(
      '--asff-account <account>',
      'with --format asff: the account that imports the findings (default: the workload’s own)',
      accountOf,
    )
    .option('--long', 'with --format table: the evidence of each finding; with --explain: of trusted origins as well')
    .option('--out <file>', 'write to this file instead of standard output')
    .option('--config <file>', 'JSON file of detection settings (default: ./credlock.json, if there is one)')
    .option(
      '--ip-ranges <file>',
      'AWS’s ip-ranges.json, or none (default: the copy downloaded by `credlock ip-ranges`, else the one that ships)',
    )
    .option(
      '--since <time>',
      'only findings seen at or after this date (00:00) or ISO 8601 time, UTC; older records still count as history',
      timeOf,
    )
    .option('--until <time>', 'only findings first seen before this time', timeOf)
    .addOption(minSeverity())
    .addOption(failOn())
    .option(
      '--event-history',
      'read the management events of the last 90 days by LookupEvents (cloudtrail:LookupEvents)',
    )
    .option(
      '--from <time>',
      'with s3:// and --event-history: only from this time on, by the names of log files',
      timeOf,
    )
    .option('--to <time>', 'with s3:// and --event-history: only before this time', timeOf)
    .option('--account <id>', 'with s3://: only log files of this account (repeatable)', collected(accountOf))
    .option('--region <name>', 'with s3:// and --event-history: only this Region (repeatable)', collected(regionOf))
    .option('--profile <name>', 'with s3:// and --event-history: profile of the AWS configuration')
    .option('--cluster <arn>', 'for audit logs of Kubernetes that do not name their cluster: its ARN', clusterOf)
    .option('--threads <count>', 'threads that read files (default: one per core, at most 8)', countOf)
    .option('--state <file>', 'file that carries what was learned from one run to the next')
    .option(
      '--explain <id>',
      'instead of findings: the verdict on each origin, and the reason, for a workload id, session ARN, access key id or finding id',
    )
    .option(
      '--posture',
      'instead of findings: the instances that still get credentials by IMDSv1, and the clients that use them (table, jsonl, asff)',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: Parameters<typeof replay>[1]) => {
      if (paths.length === 0 && !options.eventHistory)
        throw new Error('give a file or folder, s3://bucket/prefix, - or --event-history');
      process.exitCode = await replay(paths, options);
    });
}
