import { setTimeout as wait } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { sendMessages, type QueueMessage } from '../../lambda/adapters/sqs/send-messages';
import { isoTime } from '../../lambda/detection/model/event-time';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { chosenAccounts, type PlaceFlags } from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { stepBar } from '../deployment/step-bar';
import { counted } from '../terminal/numbers';
import { logFileOf, type LogFile, type TrailBucket } from '../../lambda/adapters/s3/log-file-listing';
import { logFilesByDay } from './trail-listing';

export interface BackfillOptions extends DeploymentOptions, PlaceFlags {
  readonly days?: number;
  /** Epoch milliseconds, as `until`. */
  readonly since?: number;
  readonly until?: number;
  /** Key of the last log file already sent. */
  readonly resumeAfter?: string;
  readonly dryRun?: boolean;
  /** @default off: no findings about past records */
  readonly verdicts: 'off' | 'on';
  /** Number of messages in the queue of `observe` above which sending pauses. */
  readonly mostWaiting: number;
}

const DAY = 86_400_000;
const DEFAULT_DAYS = 7;

/** Of SendMessageBatch. */
const BATCH = 10;

/** Sends the trail's log files of the period to `observe`. Returns the exit code. */
export async function backfill(options: BackfillOptions): Promise<number> {
  const { resumeAfter = null, dryRun = false, verdicts, mostWaiting } = options;
  const filter = { ...periodOf(options), accounts: chosenAccounts(options), regions: options.region ?? null };
  if (resumeAfter !== null && logFileOf(resumeAfter, 0) === null)
    throw new Error(`--resume-after ${resumeAfter}: it is not the key of a CloudTrail log file`);
  const deployment = await findDeployment(options, ['observeQueueUrl', 'trailBucket']);
  const trail = trailOf(deployment);
  const s3 = new S3Client({ ...CLIENT_SETTINGS, followRegionRedirects: true });
  const sqs = new SQSClient(CLIENT_SETTINGS);
  const sent = new SentTotals();
  try {
    const sender = dryRun
      ? null
      : new Sender(sqs, deployment.need('observeQueueUrl'), { trail, verdicts, mostWaiting });
    for await (const files of logFilesByDay(s3, trail, filter, resumeAfter)) {
      await sender?.send(files, sent);
      for (const file of files) sent.count(file);
    }
    process.stderr.write(`${summary(sent, { trail, period: filter, dryRun, verdicts })}\n`);
    return 0;
  } finally {
    s3.destroy();
    sqs.destroy();
  }
}

function periodOf({ days, since, until }: Pick<BackfillOptions, 'days' | 'since' | 'until'>): {
  since: number;
  until: number;
} {
  if (days !== undefined && since !== undefined) throw new Error('give either --days or --since');
  const end = until ?? Date.now();
  const begin = since ?? end - (days ?? DEFAULT_DAYS) * DAY;
  if (begin >= end) throw new Error('--until must be later than --since (a date means 00:00 UTC)');
  return { since: begin, until: end };
}

function trailOf(deployment: Deployment): TrailBucket {
  const bucket = deployment.find('trailBucket');
  if (!bucket)
    throw new Error(
      'no trail bucket is deployed, and `observe` reads log files from no other: deploy with -c trailBucketArn=…',
    );
  const owner = deployment.find('trailBucketOwner') || deployment.account;
  const prefix = deployment.find('trailPrefix') ?? '';
  if (prefix !== '' && !prefix.endsWith('/'))
    throw new Error(`--trail-prefix ${prefix} must end in a slash: ${prefix}/`);
  return { bucket, owner, prefix };
}

/** Totals of the files sent, or to be sent. */
class SentTotals {
  files = 0;
  bytes = 0;
  readonly accounts = new Set<string>();
  /** Key up to which all files were sent. */
  last: string | null = null;

  count({ bytes, account }: LogFile): void {
    this.files += 1;
    this.bytes += bytes;
    this.accounts.add(account);
  }
}

interface SendSettings {
  readonly trail: TrailBucket;
  readonly verdicts: 'off' | 'on';
  readonly mostWaiting: number;
}

const POLL = 2_000;

class Sender {
  /** Number of messages to send before the queue is checked again. */
  private room = 0;

  constructor(
    private readonly sqs: SQSClient,
    private readonly queueUrl: string,
    private readonly settings: SendSettings,
  ) {}

  /** Sends in batches; throws, with the key to resume after, if a message is refused. */
  async send(files: readonly LogFile[], sent: SentTotals): Promise<void> {
    const bar = stepBar(process.stderr, files.length);
    try {
      for (let at = 0; at < files.length; at += BATCH) {
        const part = files.slice(at, at + BATCH);
        await this.waitForRoom((waiting) =>
          bar.step(at, `waiting: ${counted(waiting, 'message')} in the queue of observe`),
        );
        bar.step(at, isoTime(part[0]?.written ?? 0));
        const faults = await sendMessages(
          this.sqs,
          this.queueUrl,
          part.map((file) => messageOf(file, this.settings)),
        );
        const [fault] = faults.values();
        // Messages of the batch that were accepted are sent again on resumption; storing facts is idempotent.
        if (faults.size > 0) throw sendError(fault, sent.last);
        sent.last = part.at(-1)?.key ?? sent.last;
      }
    } finally {
      bar.stop();
    }
  }

  /** Keeps the queue short, since new records wait behind these. */
  private async waitForRoom(onWait: (waiting: number) => void): Promise<void> {
    this.room -= BATCH;
    while (this.room < 0) {
      const waiting = await waitingIn(this.sqs, this.queueUrl);
      this.room = waiting < this.settings.mostWaiting ? this.settings.mostWaiting - waiting : -1;
      if (this.room >= 0) return;
      onWait(waiting);
      await wait(POLL);
    }
  }
}

async function waitingIn(sqs: SQSClient, queueUrl: string): Promise<number> {
  try {
    const { Attributes: attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(attributes.ApproximateNumberOfMessages ?? 0);
  } catch (error) {
    throw awsFault('count the messages in the queue of `observe`', error);
  }
}

function sendError(fault: unknown, last: string | null): Error {
  const again = last === null ? 'Nothing was sent' : `Continue with --resume-after ${last}`;
  return awsFault('send to the queue of `observe`', fault, again);
}

/** An S3 event notification; its keys are form-encoded. */
function messageOf({ key, bytes }: LogFile, { trail, verdicts }: SendSettings): QueueMessage {
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { s3SchemaVersion: '1.0', bucket: { name: trail.bucket }, object: { key: encoded, size: bytes } },
  };
  return { body: JSON.stringify({ Records: [record] }), ...(verdicts === 'off' && { attributes: { verdicts } }) };
}

interface RunSettings {
  readonly trail: TrailBucket;
  readonly period: { readonly since: number; readonly until: number };
  readonly dryRun: boolean;
  readonly verdicts: 'off' | 'on';
}

function summary({ files, bytes, accounts }: SentTotals, { trail, period, dryRun, verdicts }: RunSettings): string {
  const what = `${counted(files, 'log file')} of ${counted(accounts.size, 'account')}, ${(bytes / 1e6).toFixed(1)} MB`;
  const lines = [
    `s3://${trail.bucket}/${trail.prefix}AWSLogs/: ${what}, for records from ${isoTime(period.since)} to ${isoTime(period.until)}.`,
  ];
  if (dryRun) lines.push('Dry run: nothing was sent.');
  else if (files > 0) lines.push('Sent, oldest first; `observe` processes them.', VERDICT_NOTES[verdicts]);
  return lines.join('\n');
}

const VERDICT_NOTES = {
  on: 'Findings about these records are published.',
  off: `The detector learns from these records without raising findings about them. To search them for past incidents, run
\`credlock replay\` on the same files.`,
} as const;
