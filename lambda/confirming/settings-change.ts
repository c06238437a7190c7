import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, parsedJson } from '../detection/model/json-field';

/** Where a document was changed, and by whom. */
interface DocumentChange {
  /** From the S3 event, mostly an account id; null if unknown. */
  readonly requester: string | null;
  readonly address: string | null;
  readonly version: string | null;
  /** `s3://bucket/key` */
  readonly place: string;
}

/** The settings before and after a change. */
export interface SettingsChange extends DocumentChange {
  /** The documents' text; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Why the new settings are invalid; empty if they are valid. */
  readonly faults: readonly string[];
}

const MOST_LINES = 50;

/** Names of the settings that differ, sorted; all of them if one of the documents is not a JSON object. */
export function differingSettings({ before, after }: Pick<SettingsChange, 'before' | 'after'>): string[] {
  const [was, is] = [settingsIn(before), settingsIn(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names.filter((name) => !isDeepStrictEqual(was[name], is[name]));
}

/** A plain-text notification of what differs and who wrote it. Values are left out: they show what is not watched. */
export function settingsNotification(change: SettingsChange): { readonly subject: string; readonly message: string } {
  const { faults } = change;
  const differing = differingSettings(change);
  const subject =
    faults.length === 0
      ? `credlock: settings changed (${differing.length} differ)`
      : 'credlock: invalid settings written';
  const lines = [
    subject,
    '',
    ...whereLines(change),
    ...listed('Settings that differ from the last good ones', differing),
    ...listed('Faults, so that the last good settings stay in effect', faults),
    '',
    'Settings decide what is reported and to whom. If your team did not make this change, treat it as an attack on the',
    'detector: restore the previous version, and look in CloudTrail for who can write to this bucket.',
  ];
  return { subject, message: lines.join('\n') };
}

/** A plain-text notification of address ranges that were not AWS's own. */
export function rangesNotification(change: DocumentChange): {
  readonly subject: string;
  readonly message: string;
} {
  const subject = 'credlock: address ranges were replaced';
  const lines = [
    subject,
    '',
    ...whereLines(change),
    '',
    'The stored ip-ranges.json was not the one that AWS publishes, which has been restored. The ranges decide which',
    'addresses are AWS’s. If your team did not make this change, treat it as an attack on the detector: look in',
    'CloudTrail for who can write to this bucket. Open findings are judged again.',
  ];
  return { subject, message: lines.join('\n') };
}

function whereLines({ requester, address, version, place }: DocumentChange): string[] {
  return [
    `Where: ${place}${version === null ? '' : `, version ${version}`}`,
    `Written by: ${requester ?? 'unknown'}${address === null ? '' : ` from ${address}`}`,
  ];
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
