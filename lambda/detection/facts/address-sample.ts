import type { FactSet } from './fact-set';

/**
 * Of the addresses that sessions called from, and of who did: samples, so that they are small however many there are, by
 * which records are known whose addresses were replaced. They merge in any order.
 */
export interface AddressSample {
  readonly addresses: readonly string[];
  /** ARNs of sessions, and the accounts of workloads; none where there is more than one address. */
  readonly sessions: readonly string[];
  readonly accounts: readonly string[];
}

/** Members of a sample; those of a smaller set are all. */
export const MOST_SAMPLED = 256;

export const NO_ADDRESSES: AddressSample = { addresses: [], sessions: [], accounts: [] };

export function addressesIn(facts: FactSet): AddressSample {
  const addresses = new Set<string>();
  const accounts = new Set<string>();
  for (const { rows } of facts.sessions.values())
    for (const { caller } of rows.values()) {
      if (caller.workload) accounts.add(caller.workload.account);
      if (caller.source.ip !== null) addresses.add(caller.source.ip);
    }
  return sampled(addresses, facts.sessions.keys(), accounts);
}

export function mergedAddresses(one: AddressSample, other: AddressSample): AddressSample {
  return sampled(
    new Set([...one.addresses, ...other.addresses]),
    new Set([...one.sessions, ...other.sessions]),
    new Set([...one.accounts, ...other.accounts]),
  );
}

function sampled(
  addresses: ReadonlySet<string>,
  sessions: Iterable<string>,
  accounts: ReadonlySet<string>,
): AddressSample {
  return addresses.size > 1
    ? { addresses: sampleOf(addresses), sessions: [], accounts: [] }
    : { addresses: [...addresses], sessions: sampleOf(sessions), accounts: sampleOf(accounts) };
}

/** Those with the smallest hashes: the sample of a union is that of its parts' samples. */
function sampleOf(texts: Iterable<string>): readonly string[] {
  const ranked = Array.from(texts, (text): [number, string] => [rankOf(text), text]);
  ranked.sort(([rank, text], [otherRank, other]) => rank - otherRank || (text < other ? -1 : 1));
  return ranked.slice(0, MOST_SAMPLED).map(([, text]) => text);
}

/** 32-bit FNV-1a. */
function rankOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
