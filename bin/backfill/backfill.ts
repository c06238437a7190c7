import { setTimeout as wait } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { sendMessages, type Outgoing } from '../../lambda/adapters/sqs/send-messages';
import { isoTime } from '../../lambda/detection/model/event-time';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { chosenAccounts, type Chosen } from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { stepBar } from '../deployment/step-bar';
import { counted } from '../terminal/numbers';
import { logFileOf, logFilesByDay, type LogFile, type TrailBucket } from './trail-listing';

export interface BackfillOptions extends DeploymentOptions, Chosen {
  readonly days?: number;
  /** Epoch milliseconds, as `until`. */
  readonly since?: number;
  readonly until?: number;
  /** The last key that was sent: those after it, in the order of sending, are still to be. */
  readonly resumeAfter?: string;
  readonly dryRun?: boolean;
  /** @default off: what is found in the past raises nothing */
  readonly verdicts: 'off' | 'on';
  /** Messages in the queue of `observe` above which nothing is sent. */
  readonly mostWaiting: number;
}

const DAY = 86_400_000;
const USUAL_DAYS = 7;

/** SendMessageBatch takes 10 messages; `observe` takes messages, not objects, for its batches. */
const MESSAGES = 10;

/** Hands the trail's log files of the days chosen to `observe`. Gives the exit code. */
export async function backfill(options: BackfillOptions): Promise<number> {
  const { resumeAfter = null, dryRun = false, verdicts, mostWaiting } = options;
  const wanted = { ...timesOf(options), accounts: chosenAccounts(options), regions: options.region ?? null };
  if (resumeAfter !== null && logFileOf(resumeAfter, 0) === null)
    throw new Error(`--resume-after ${resumeAfter}: it is no key of a log file of CloudTrail`);
  const deployment = await findDeployment(options, ['observeQueueUrl', 'trailBucket']);
  const trail = trailOf(deployment);
  const s3 = new S3Client({ ...CLIENT_SETTINGS, followRegionRedirects: true });
  const sqs = new SQSClient(CLIENT_SETTINGS);
  const sent = new Sent();
  try {
    const sender = dryRun
      ? null
      : new Sender(sqs, deployment.need('observeQueueUrl'), { trail, isSilent: verdicts === 'off', mostWaiting });
    for await (const files of logFilesByDay(s3, trail, wanted, resumeAfter)) {
      await sender?.send(files, sent);
      for (const file of files) sent.count(file);
    }
    process.stderr.write(`${summary(sent, { trail, wanted, dryRun, verdicts })}\n`);
    return 0;
  } finally {
    s3.destroy();
    sqs.destroy();
  }
}

function timesOf({ days, since, until }: BackfillOptions): { since: number; until: number } {
  if (days !== undefined && since !== undefined) throw new Error('give --days or --since, not both');
  const end = until ?? Date.now();
  const begin = since ?? end - (days ?? USUAL_DAYS) * DAY;
  if (begin >= end) throw new Error('--until must be later than --since (a date is its first moment, UTC)');
  return { since: begin, until: end };
}

function trailOf(deployment: Deployment): TrailBucket {
  const bucket = deployment.find('trailBucket');
  if (!bucket)
    throw new Error(
      'no trail bucket is deployed, and `observe` believes no other log files: deploy with -c trailBucketArn=…',
    );
  const owner = deployment.find('trailBucketOwner') || deployment.account;
  return { bucket, owner, prefix: deployment.find('trailPrefix') ?? '' };
}

/** What went, or would go. */
class Sent {
  files = 0;
  bytes = 0;
  readonly accounts = new Set<string>();
  /** The key up to which all were sent. */
  last: string | null = null;

  count({ bytes, account }: LogFile): void {
    this.files += 1;
    this.bytes += bytes;
    this.accounts.add(account);
  }
}

/** How log files are handed on. */
interface How {
  readonly trail: TrailBucket;
  readonly isSilent: boolean;
  readonly mostWaiting: number;
}

const LOOK_AGAIN = 2_000;

class Sender {
  /** Messages that may go before the queue is looked at again. */
  private room = 0;

  constructor(
    private readonly sqs: SQSClient,
    private readonly queueUrl: string,
    private readonly how: How,
  ) {}

  /** A day's files, in requests of ten. */
  async send(files: readonly LogFile[], sent: Sent): Promise<void> {
    const bar = stepBar(process.stderr, files.length);
    try {
      for (let at = 0; at < files.length; at += MESSAGES) {
        const part = files.slice(at, at + MESSAGES);
        await this.waitForRoom((waiting) => bar.step(at, `observe has ${counted(waiting, 'message')} to do`));
        bar.step(at, isoTime(part[0]?.written ?? 0));
        const faults = await sendMessages(
          this.sqs,
          this.queueUrl,
          part.map((file) => messageOf(file, this.how)),
        );
        const [fault] = faults.values();
        // What went besides goes again: facts are the same however often they come.
        if (faults.size > 0) throw brokenOff(fault, sent.last);
        sent.last = part.at(-1)?.key ?? sent.last;
      }
    } finally {
      bar.stop();
    }
  }

  /** What happens now waits behind what is fed, so only so much of it stands in the queue. */
  private async waitForRoom(say: (waiting: number) => void): Promise<void> {
    this.room -= MESSAGES;
    while (this.room < 0) {
      const waiting = await waitingIn(this.sqs, this.queueUrl);
      this.room = waiting < this.how.mostWaiting ? this.how.mostWaiting - waiting : -1;
      if (this.room >= 0) return;
      say(waiting);
      await wait(LOOK_AGAIN);
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

function brokenOff(fault: unknown, last: string | null): Error {
  const again = last === null ? 'Nothing was sent' : `Go on with --resume-after ${last}`;
  return awsFault('send to the queue of `observe`', fault, again);
}

/** As S3 itself announces a new object: keys are encoded as in HTML forms. */
function messageOf({ key, bytes }: LogFile, { trail, isSilent }: How): Outgoing {
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { s3SchemaVersion: '1.0', bucket: { name: trail.bucket }, object: { key: encoded, size: bytes } },
  };
  return { body: JSON.stringify({ Records: [record] }), ...(isSilent && { attributes: { verdicts: 'off' } }) };
}

interface Run {
  readonly trail: TrailBucket;
  readonly wanted: { readonly since: number; readonly until: number };
  readonly dryRun: boolean;
  readonly verdicts: 'off' | 'on';
}

function summary({ files, bytes, accounts }: Sent, { trail, wanted, dryRun, verdicts }: Run): string {
  const what = `${counted(files, 'log file')} of ${counted(accounts.size, 'account')}, ${(bytes / 1e6).toFixed(1)} MB`;
  const lines = [
    `s3://${trail.bucket}/${trail.prefix}AWSLogs/: ${what}, for records from ${isoTime(wanted.since)} to ${isoTime(wanted.until)}.`,
  ];
  if (dryRun) lines.push('Dry run: nothing was sent.');
  else if (files > 0) lines.push('Sent, oldest first; `observe` works them off.', VERDICTS[verdicts]);
  return lines.join('\n');
}

const VERDICTS = {
  on: 'What they raise is told as ever.',
  off: `Verdicts are off for them: their facts are learned, and they raise no finding by themselves. What happens from now on
is judged by them; what happened then, \`credlock replay\` finds in the same files.`,
} as const;
