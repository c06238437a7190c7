import { readFileSync } from 'node:fs';
import { messageOf } from '../terminal/error-message';

/** An account in a Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** What the command line says of accounts and Regions; nothing where it says nothing. */
export interface Chosen {
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  /** File of account ids, one a line. */
  readonly accounts?: string;
}

export function placeText({ account, region }: Place): string {
  return `${account} ${region}`;
}

/** The accounts that are named, by flag and in the file; null where none is. Throws with the line that is no account id. */
export function chosenAccounts({ account = [], accounts }: Chosen): readonly string[] | null {
  if (accounts === undefined) return account.length === 0 ? null : [...new Set(account)];
  return [...new Set([...account, ...accountsIn(accounts)])];
}

/**
 * What is chosen of what was heard. Accounts and Regions that were never heard are taken too where they are named; a named
 * account without Regions takes those it was heard in, else `usual`.
 */
export function chosenPlaces(chosen: Chosen, heard: readonly Place[], usual: readonly string[]): Place[] {
  const accounts = chosenAccounts(chosen) ?? [...new Set(heard.map(({ account }) => account))];
  const places = accounts.flatMap((account) => {
    const itsOwn = heard.filter((place) => place.account === account).map(({ region }) => region);
    const regions = chosen.region ?? (itsOwn.length > 0 ? itsOwn : usual);
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
  if (named.length === 0) throw new Error(`--accounts ${path}: it names no account`);
  return named.map(({ id }) => id);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Error(`--accounts ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
