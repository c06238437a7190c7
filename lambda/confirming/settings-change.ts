import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, parsedJson } from '../detection/model/json-field';

/** Settings somebody wrote, beside the last that were good. */
export interface SettingsChange {
  /** The documents' text; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Why they are not taken; empty where they are. */
  readonly faults: readonly string[];
  /** As S3 tells it: an account id mostly; null where it does not. */
  readonly requester: string | null;
  readonly address: string | null;
  readonly version: string | null;
  /** `s3://bucket/key` */
  readonly place: string;
}

const MOST_LINES = 50;

/** Names of the settings that differ, in the order of the alphabet; all of them where one of the documents is no JSON object. */
export function differingSettings({ before, after }: Pick<SettingsChange, 'before' | 'after'>): string[] {
  const [was, is] = [settingsIn(before), settingsIn(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names.filter((name) => !isDeepStrictEqual(was[name], is[name]));
}

/** For people, in plain text: what differs and who wrote it. Values are left out: they say whom nobody looks at. */
export function settingsNotification(change: SettingsChange): { readonly subject: string; readonly message: string } {
  const { faults, requester, address, version, place } = change;
  const differing = differingSettings(change);
  const subject =
    faults.length === 0
      ? `credlock: settings changed (${differing.length} differ)`
      : 'credlock: settings written that cannot be taken';
  const lines = [
    subject,
    '',
    `Where: ${place}${version === null ? '' : `, version ${version}`}`,
    `Written by: ${requester ?? 'unknown'}${address === null ? '' : ` from ${address}`}`,
    ...listed('Settings that differ from the last good ones', differing),
    ...listed('Faults, for which the last good ones stay in force', faults),
    '',
    'Settings decide what is told, of whom, and to whom. If nobody of you did this, treat it as an attack on the detector:',
    'put the version before it back, and look in CloudTrail for who can write to this bucket.',
  ];
  return { subject, message: lines.join('\n') };
}

function listed(heading: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST_LINES ? [`- and ${items.length - MOST_LINES} more`] : [];
  return ['', `${heading}:`, ...items.slice(0, MOST_LINES).map((item) => `- ${item}`), ...more];
}

function settingsIn(text: string | null): Record<string, unknown> {
  const value = parsedJson(text ?? '');
  return isJsonObject(value) ? value : {};
}
