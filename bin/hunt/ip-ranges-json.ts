import { findIpRanges } from '../files/ip-ranges-cache';
import { ipRangesSnapshot } from '../files/ip-ranges-snapshot';
import { jsonFile } from '../files/json-file';
import { NO_RANGES } from '../replay/run-inputs';

/** The address ranges that `--ip-ranges` names, as AWS publishes them; null for none. They are known to be valid. */
export function ipRangesJson(option: string | undefined): unknown {
  if (option === NO_RANGES) return null;
  const found = findIpRanges(option);
  return 'value' in found && !found.value.isShipped
    ? jsonFile('--ip-ranges', found.value.path)
    : ipRangesSnapshot().json;
}
