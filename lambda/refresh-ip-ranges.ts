import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { topicRequest } from './adapters/sinks/topic-message';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { download, type DownloadLimits } from './adapters/download';
import { readConfigObject, writeConfigObject } from './adapters/s3/config-object';
import { objectChanges, type ObjectChange } from './adapters/s3/object-changes';
import { placeOf } from './adapters/s3/settings-and-ranges';
import { rangesNotification } from './confirming/settings-change';
import { field, parsedJson } from './detection/model/json-field';
import { createTime, parseIpRanges } from './detection/model/ip-ranges';
import { METRICS } from './environment';
import { reasonOf } from './telemetry';
import { type Result } from './detection/model/result';

export interface RefreshParts extends Omit<HandlerContext<'refreshIpRanges'>, 'now'> {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  /** @default 30 s and 20 MB; the file has 2 MB */
  readonly limits?: DownloadLimits;
}

export interface Refreshed {
  readonly outcome: 'stored' | 'unchanged' | 'restored';
  readonly createDate: string;
}

const LIMITS: DownloadLimits = { milliseconds: 30_000, bytes: 20_000_000 };
/** AWS's list grows: one with less than this share of the stored prefixes is rejected. */
const LEAST_SHARE = 0.5;
/** A cache of AWS may still have a file of some hours ago. */
const LONGEST_CACHED = 86_400_000;

/**
 * Downloads ip-ranges.json and stores it for the other handlers if it is valid and newer than the stored one; S3 then
 * triggers `rejudge`. Called by a schedule, and when the stored file changed: one that AWS did not publish is replaced, and
 * reported with its author like a change of the settings. Throws if the download failed or is invalid.
 */
export function refreshHandler(parts: RefreshParts): (event?: unknown) => Promise<Refreshed> {
  const { log, meter } = parts;
  return async (event) => {
    try {
      const refreshed = await refresh(parts);
      if (refreshed.outcome === 'restored') await notifyOfReplacement(objectChanges(event)?.at(-1) ?? null, parts);
      log.info('ip-ranges.json', { ...refreshed });
      return refreshed;
    } catch (error) {
      meter.count(METRICS.ipRangesRejected);
      log.error('ip-ranges.json not refreshed', { reason: reasonOf(error) });
      throw error;
    }
  };
}

async function refresh({ environment, s3, limits = LIMITS }: RefreshParts): Promise<Refreshed> {
  const { ipRangesUrl, ipRangesKey } = environment;
  const text = await download(ipRangesUrl, limits);
  const found = usable(text);
  if ('faults' in found) throw new Error(`${ipRangesUrl}: ${found.faults.join('; ')}`);
  const place = placeOf(environment, ipRangesKey);
  const object = await readConfigObject(s3, place);
  const stored = object ? usable(object.text) : null;
  if (stored && 'value' in stored) {
    if (object?.text !== text && isForged(stored.value.createDate, found.value.createDate)) {
      await writeConfigObject(s3, place, text);
      return { outcome: 'restored', createDate: found.value.createDate };
    }
    if (found.value.createDate <= stored.value.createDate)
      return { outcome: 'unchanged', createDate: stored.value.createDate };
    if (found.value.entries < stored.value.entries * LEAST_SHARE)
      throw new Error(
        `${ipRangesUrl}: has ${found.value.entries} usable prefixes where there were ${stored.value.entries}`,
      );
  }
  await writeConfigObject(s3, place, text);
  return { outcome: 'stored', createDate: found.value.createDate };
}

/** Of a stored file that differs from AWS's. */
function isForged(stored: string, published: string): boolean {
  return stored === published || createTime(stored) - createTime(published) > LONGEST_CACHED;
}

async function notifyOfReplacement(change: ObjectChange | null, parts: RefreshParts): Promise<void> {
  const { environment, sns, log, meter } = parts;
  const { configBucket, ipRangesKey, findingsTopicArn, findingsTopicFormat } = environment;
  const { requester = null, address = null, version = null } = change ?? {};
  meter.count(METRICS.ipRangesReplaced);
  log.warn('address ranges were replaced', { requester, address, version });
  if (findingsTopicArn === null) return;
  const place = `s3://${configBucket}/${ipRangesKey}`;
  const { subject, message } = rangesNotification({ requester, address, version, place });
  await sns.send(topicRequest({ findingsTopicArn, findingsTopicFormat }, { subject, message }));
}

function usable(text: string): Result<{ readonly createDate: string; readonly entries: number }> {
  const json = parsedJson(text);
  if (json === undefined) return { faults: ['is not JSON'] };
  const read = parseIpRanges(json);
  if ('faults' in read) return read;
  const { createDate, skipped } = read.value;
  const entries = lengthOf(json, 'prefixes') + lengthOf(json, 'ipv6_prefixes') - skipped;
  return { value: { createDate, entries } };
}

function lengthOf(json: unknown, key: string): number {
  const list = field(json, key);
  return Array.isArray(list) ? list.length : 0;
}

export const handler = deployedHandler(
  'refreshIpRanges',
  (settings) => ({ s3: new S3Client(settings), sns: new SNSClient(settings) }),
  refreshHandler,
);
