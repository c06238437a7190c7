import type { Place } from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import type { SessionKeys } from '../../lambda/adapters/sts/limited-sessions';
import type { SessionOf } from '../deployment/role-sessions';
import { messageOf } from '../terminal/error-message';
import type { Examined } from './diagnosis';
import { rulesOn } from './rule-check';
import { trailsOf } from './trail-check';

/** In trail mode no rules are deployed, and the trail belongs to another account. */
export interface Examination {
  readonly sessionOf: SessionOf;
  readonly hasRules: boolean;
  /** Names of the rules whose targets are checked. */
  readonly expected: readonly string[];
}

/** Reads the rules and trails of an account in a Region. Errors are returned among the faults. */
export async function examinePlace(place: Place, { sessionOf, hasRules, expected }: Examination): Promise<Examined> {
  const faults: string[] = [];
  const attempt = async <Answer>(
    what: string,
    read: (keys: SessionKeys | undefined) => Promise<Answer>,
  ): Promise<Answer | null> => {
    try {
      return await read(keys);
    } catch (error) {
      faults.push(messageOf(awsFault(`read its ${what}`, error)));
      return null;
    }
  };
  let keys: SessionKeys | undefined;
  try {
    keys = await sessionOf(place.account);
  } catch (error) {
    return { ...place, rules: null, trails: null, faults: [messageOf(error)] };
  }
  const rules = hasRules
    ? await attempt('rules', (given) => rulesOn('default', { region: place.region, credentials: given, expected }))
    : null;
  const trails = await attempt('trails', (given) => trailsOf(place.region, given));
  return { ...place, rules, trails, faults };
}
