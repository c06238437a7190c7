import { setTimeout as pause } from 'node:timers/promises';
import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { clientOptions, type AwsInput, type AwsOptions } from './aws-input';

/** LookupEvents allows two requests a second for an account and Region. */
const BETWEEN_PAGES = 550;
const PAGE = 50;

/** The Event history of the Regions (default: the environment's) in the last 90 days, or from `from` to `to`. */
export function* eventHistoryInputs(options: AwsOptions): Generator<AwsInput> {
  const regions = options.region ?? [null];
  for (const region of regions)
    yield { path: `Event history of ${region ?? 'the default Region'}`, open: () => eventHistory(options, region) };
}

async function* eventHistory(options: AwsOptions, region: string | null): AsyncGenerator<Uint8Array> {
  const client = new CloudTrailClient({ ...CLIENT_SETTINGS, ...clientOptions(options, region) });
  const period = {
    ...(options.from !== undefined && { StartTime: new Date(options.from) }),
    ...(options.to !== undefined && { EndTime: new Date(options.to) }),
  };
  let isFirst = true;
  for await (const { Events: events = [] } of paginateLookupEvents({ client, pageSize: PAGE }, period)) {
    if (!isFirst) await pause(BETWEEN_PAGES);
    isFirst = false;
    for (const { CloudTrailEvent: text } of events) if (text !== undefined) yield Buffer.from(`${text}\n`);
  }
  // An account without events has been read as well.
  if (isFirst) yield Buffer.from('{"Records":[]}');
}
