import { readFileSync } from 'node:fs';
import { messageOf } from '../terminal/error-message';

/** An account in a Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The flags that select accounts and Regions. */
export interface PlaceFlags {
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  /** File of account ids, one per line. */
  readonly accounts?: string;
}

export function placeText({ account, region }: Place): string {
  return `${account} ${region}`;
}

/** The accounts given by flags and in the file; null if none are. Throws, with the line, for an invalid account id. */
export function chosenAccounts({ account = [], accounts }: PlaceFlags): readonly string[] | null {
  if (accounts === undefined) return account.length === 0 ? null : [...new Set(account)];
  return [...new Set([...account, ...accountsIn(accounts)])];
}

/**
 * The places selected by the flags, by default all `known` ones. Places named by flags need not be known. A named account
 * without `--region` stands for its known Regions, or for `defaultRegions`.
 */
export function chosenPlaces(flags: PlaceFlags, known: readonly Place[], defaultRegions: readonly string[]): Place[] {
  const accounts = chosenAccounts(flags) ?? [...new Set(known.map(({ account }) => account))];
  const places = accounts.flatMap((account) => {
    const knownRegions = known.filter((place) => place.account === account).map(({ region }) => region);
    const regions = flags.region ?? (knownRegions.length > 0 ? knownRegions : defaultRegions);
    return [...new Set(regions)].map((region) => ({ account, region }));
  });
  return places.sort((a, b) => (placeText(a) < placeText(b) ? -1 : 1));
}

function accountsIn(path: string): string[] {
  const lines = textOf(path).split(/\r?\n/);
  const named = lines
    .map((line, at) => ({ id: line.replace(/#.*/, '').trim(), number: at + 1 }))
    .filter(({ id }) => id);
  const wrong = named.find(({ id }) => !/^\d{12}$/.test(id));
  if (wrong)
    throw new Error(`--accounts ${path}, line ${wrong.number}: an account id has 12 digits, got "${wrong.id}"`);
  if (named.length === 0) throw new Error(`--accounts ${path}: it contains no account id`);
  return named.map(({ id }) => id);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Error(`--accounts ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
