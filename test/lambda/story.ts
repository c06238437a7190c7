import { parseIpRanges, type IpRanges } from '../../lambda/detection/model/ip-ranges';
import { parseSettings } from '../../lambda/detection/parse-settings';
import type { Settings } from '../../lambda/detection/model/settings';
import type { Story } from './live-run';

/** A story whose documents are written as people write them. */
export function storyWith(records: readonly unknown[], settings: object, ipRanges: object | null): Story {
  const documents = { settings, ipRanges };
  return { records, settings: settingsOf(settings), ipRanges: ipRanges && rangesIn(ipRanges), documents };
}

export function settingsOf(value: object): Settings {
  const parsed = parseSettings(value);
  if ('faults' in parsed) throw new Error(parsed.faults.join('; '));
  return parsed.settings;
}

function rangesIn(document: object): IpRanges {
  const parsed = parseIpRanges(document);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.ranges;
}
