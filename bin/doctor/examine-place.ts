import type { Place } from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import type { Keys, SessionOf } from '../deployment/role-sessions';
import { messageOf } from '../terminal/error-message';
import type { Examined } from './diagnosis';
import { rulesOn } from './rule-check';
import { trailsOf } from './trail-check';

/** What is looked at. In trail mode no rules are deployed, and the trail is another account's. */
export interface Examination {
  readonly sessionOf: SessionOf;
  readonly hasRules: boolean;
  /** Names of the rules whose targets are looked at. */
  readonly expected: readonly string[];
}

/** Reads the rules and trails of an account in a Region. Throws nothing: what could not be read is among the faults. */
export async function examinePlace(place: Place, { sessionOf, hasRules, expected }: Examination): Promise<Examined> {
  const faults: string[] = [];
  const tried = async <Answer>(
    what: string,
    read: (keys: Keys | undefined) => Promise<Answer>,
  ): Promise<Answer | null> => {
    try {
      return await read(keys);
    } catch (error) {
      faults.push(messageOf(awsFault(`read its ${what}`, error)));
      return null;
    }
  };
  let keys: Keys | undefined;
  try {
    keys = await sessionOf(place.account);
  } catch (error) {
    return { ...place, rules: null, trails: null, faults: [messageOf(error)] };
  }
  const rules = hasRules
    ? await tried('rules', (given) => rulesOn('default', { region: place.region, credentials: given, expected }))
    : null;
  const trails = await tried('trails', (given) => trailsOf(place.region, given));
  return { ...place, rules, trails, faults };
}
