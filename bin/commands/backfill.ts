import { Command, Option } from 'commander';
import { RUNTIME_AGENTS } from '../../lambda/detection/vocabulary';
import type { AuditExportOptions } from '../backfill/audit-export';
import type { BackfillOptions } from '../backfill/backfill';
import { accountOf, collected, countOf, regionOf, timeOf } from './arguments';
import { CREDENTIALS_HELP, withDeployment } from '../deployment/deployment-options';

const EXAMPLES = `
Examples:
  credlock backfill --days 3 --dry-run            count the log files and their size
  credlock backfill --days 3                      three days, all accounts
  credlock backfill --since 2026-09-01 --until 2026-09-04 --account 111122223333
  credlock backfill --days 3 --resume-after KEY   continue an interrupted run, which printed KEY
  credlock backfill --audit-export s3://bucket/prefix --cluster arn:aws:eks:eu-west-1:111122223333:cluster/demo

Exit codes: 0 done; 1 wrong usage or a fatal error.`;

/** `credlock backfill`: sends the trail's recent log files to the deployed detector, without findings unless asked. */
export function backfillCommand(): Command {
  const command = new Command('backfill')
    .description(
      'Lets a deployed detector learn from the trail’s log files of the last days, without raising findings.',
    )
    .option('--days <number>', 'number of days to go back (default: 7)', countOf)
    .option('--since <time>', 'instead of --days: records from this date (00:00) or ISO 8601 time on, UTC', timeOf)
    .option('--until <time>', 'records before this time (default: now)', timeOf)
    .option('--account <id>', 'only this account (repeatable; default: all in the bucket)', collected(accountOf))
    .option('--accounts <file>', 'file of account ids, one per line; # starts a comment')
    .option('--region <name>', 'only this Region (repeatable; default: all in the bucket)', collected(regionOf))
    .option('--resume-after <key>', 'skip the log files up to this one, in order of time')
    .addOption(
      new Option('--verdicts <on|off>', 'raise findings about these records').choices(['on', 'off']).default('off'),
    )
    .option(
      '--most-waiting <number>',
      'pause while more messages than this wait in the queue of `observe`, so that new records are not delayed',
      countOf,
      1_000,
    )
    .option(
      '--audit-export <address>',
      'instead of the trail: s3://bucket/prefix of an export task of a cluster’s log group',
    )
    .option('--cluster <arn>', 'with --audit-export: ARN of the EKS cluster')
    .addOption(
      new Option('--agent <name>', 'with --audit-export: the log group is this agent’s').choices([...RUNTIME_AGENTS]),
    )
    .option('--dry-run', 'list and count the log files, send nothing');
  return withDeployment(command, ['observeQueueUrl', 'trailBucket', 'trailBucketOwner', 'trailPrefix', 'auditBucket'])
    .addHelpText('after', EXAMPLES + CREDENTIALS_HELP)
    .action(async (options: BackfillOptions & Partial<AuditExportOptions>) => {
      const { backfill, backfillAuditExport } = await import('../operations.js');
      const { auditExport, cluster, agent } = options;
      if ((auditExport === undefined) !== (cluster === undefined) || (agent !== undefined && cluster === undefined))
        throw new Error('give --audit-export and --cluster together');
      process.exitCode = await (auditExport !== undefined && cluster !== undefined
        ? backfillAuditExport({ ...options, auditExport, cluster })
        : backfill(options));
    });
}
