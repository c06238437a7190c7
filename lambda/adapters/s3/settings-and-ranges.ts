import type { S3Client } from '@aws-sdk/client-s3';
import { parseIpRanges, type IpRanges } from '../../detection/model/ip-ranges';
import { parseSettings } from '../../detection/parse-settings';
import type { Settings } from '../../detection/model/settings';
import { METRICS } from '../../environment';
import type { Log, Meter } from '../../telemetry';
import { configDocument, readJson } from './config-document';
import type { ConfigPlace } from './config-object';
import { type Result } from '../../detection/model/result';

/** The current settings and address ranges. */
export interface JudgingDocuments {
  readonly settings: () => Promise<Settings>;
  /** Null until they were downloaded. */
  readonly ipRanges: () => Promise<IpRanges | null>;
}

export interface DocumentPlaces {
  readonly configBucket: string;
  readonly settingsKey: string;
  readonly ipRangesKey: string;
  readonly hubAccount: string;
}

export interface SettingsAndRanges {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

/** The settings and address ranges of `environment`, kept for a minute. */
export function judgingDocuments(
  client: S3Client,
  places: DocumentPlaces,
  around: SettingsAndRanges,
): JudgingDocuments {
  const { log, meter, now } = around;
  const document = { client, log, now };
  return {
    settings: configDocument({
      ...document,
      place: placeOf(places, places.settingsKey),
      lastGood: lastGoodSettings(places),
      read: readSettings,
      onRejected: () => meter.count(METRICS.settingsRejected),
    }),
    ipRanges: configDocument<IpRanges | null>({
      ...document,
      place: placeOf(places, places.ipRangesKey),
      missing: null,
      read: readIpRanges,
      onRejected: () => meter.count(METRICS.ipRangesRejected),
    }),
  };
}

export function placeOf(
  { configBucket, hubAccount }: Pick<DocumentPlaces, 'configBucket' | 'hubAccount'>,
  key: string,
): ConfigPlace {
  return { bucket: configBucket, key, owner: hubAccount };
}

/** The copy that `rejudge` writes whenever the settings have changed and are valid. */
export function lastGoodSettings(places: DocumentPlaces): ConfigPlace {
  return placeOf(places, `${places.settingsKey}.last-good`);
}

export function readSettings(text: string): Result<Settings> {
  return readJson(text, parseSettings);
}

export function readIpRanges(text: string): Result<IpRanges> {
  return readJson(text, parseIpRanges);
}
