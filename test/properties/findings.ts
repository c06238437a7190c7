import fc from 'fast-check';
import { detect, type Detection } from '../../lambda/detection/detect';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import { parseSettings } from '../../lambda/detection/parse-settings';
import type { Settings } from '../../lambda/detection/model/settings';
import { ipRangesOf } from '../scenario';
import { valueOf } from '../../lambda/detection/model/result';

const ipRanges = ipRangesOf('default');

const DEFAULTS = settingsOf({});
const TELLING_MORE = settingsOf({
  organizationAccounts: ['111122223333', '444455556666'],
  serviceCallerFindings: true,
  maxOriginsPerWorkload: 1,
});

/** The defaults, and settings by which more is told. */
export function settingsTried(): fc.Arbitrary<Settings> {
  return fc.constantFrom(DEFAULTS, DEFAULTS, TELLING_MORE);
}

function settingsOf(given: object): Settings {
  return valueOf(parseSettings(given));
}

/** By the address ranges of `test/ip-ranges.json`. */
export function detectIn(facts: FactSet, settings: Settings = DEFAULTS): Detection {
  return detect({ facts, settings, ipRanges });
}

/** All that a detection says, byte for byte; indented, so that a difference can be read. */
export function textOf({ findings, suppressed, counts }: Detection): string {
  return JSON.stringify({ findings, suppressed, counts }, null, 1);
}
