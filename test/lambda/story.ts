import { parseIpRanges, type IpRanges } from '../../lambda/detection/model/ip-ranges';
import { parseSettings } from '../../lambda/detection/parse-settings';
import type { Settings } from '../../lambda/detection/model/settings';
import type { Story } from './live-run';
import { valueOf } from '../../lambda/detection/model/result';

/** A story whose documents are written as people write them. */
export function storyWith(records: readonly unknown[], settings: object, ipRanges: object | null): Story {
  const documents = { settings, ipRanges };
  return { records, settings: settingsOf(settings), ipRanges: ipRanges && rangesIn(ipRanges), documents };
}

export function settingsOf(value: object): Settings {
  return valueOf(parseSettings(value));
}

function rangesIn(document: object): IpRanges {
  return valueOf(parseIpRanges(document));
}
