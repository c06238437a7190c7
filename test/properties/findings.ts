import fc from 'fast-check';
import { detect, type Detection } from '../../lambda/detection/detect';
import type { FactSet } from '../../lambda/detection/fact-set';
import { parseSettings } from '../../lambda/detection/parse-settings';
import type { Settings } from '../../lambda/detection/settings';
import { ipRangesOf } from '../scenario';

const ipRanges = ipRangesOf('default');

/** The defaults, and settings by which more is told. */
const SETTINGS = [{}, {}, { serviceCallerFindings: true, maxOriginsPerWorkload: 1 }].map((given) => {
  const parsed = parseSettings(given);
  if ('faults' in parsed) throw new Error(parsed.faults.join('; '));
  return parsed.settings;
});

export function settingsTried(): fc.Arbitrary<Settings> {
  return fc.constantFrom(...SETTINGS);
}

export function detectIn(facts: FactSet, settings: Settings): Detection {
  return detect({ facts, settings, ipRanges });
}

/** All that a detection says, byte for byte; indented, so that a difference can be read. */
export function textOf({ findings, suppressed, counts }: Detection): string {
  return JSON.stringify({ findings, suppressed, counts }, null, 1);
}
