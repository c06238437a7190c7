import { seededRandom, type Random } from '../trail-writer/random';
import { AddressBook, REGIONS } from './address-book';
import type { Situation } from './situation';
import { Stage } from './stage';

const DAY = Date.parse('2026-10-05T00:00:00Z');
const HOUR = 3_600_000;
/** Situations that share an account. */
const PER_ACCOUNT = 8;
const FIXED = ['203.0.113.253', '203.0.113.254'];

/** A situation as it was played: its records and its right answer. */
export interface Played {
  readonly situation: Situation;
  readonly stage: Stage;
}

export interface Organization {
  readonly accounts: readonly string[];
  readonly played: readonly Played[];
}

/** Plays the situations in one organisation: which accounts, addresses and hours they get depends on the seed. */
export function playAll(situations: readonly Situation[], seed: number): Organization {
  const random = seededRandom(seed);
  const addresses = new AddressBook(random, FIXED);
  const accounts = accountsOf(random, Math.max(6, Math.ceil(situations.length / PER_ACCOUNT)));
  const [network = '', ...members] = accounts;
  const foreign = accountsOf(random, 5);
  const office = addresses.outside();
  const order = shuffled(situations, random);
  const played = order.map((situation, at) => {
    const account = members[at % members.length] ?? '';
    const sibling = members[(at + 1 + random.below(members.length - 1)) % members.length] ?? '';
    const start = DAY + random.below(6 * HOUR);
    const place = {
      account,
      sibling,
      network,
      foreign: random.pick(foreign),
      office,
      region: random.pick(REGIONS),
      start,
      addresses,
    };
    const stage = new Stage(situation.name, place);
    situation.play(stage);
    return { situation, stage };
  });
  return { accounts, played };
}

/** In a random order. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function accountsOf(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => `${100_000 + random.below(900_000)}${100_000 + random.below(900_000)}`);
}

/** The settings the organisation would use. */
export function settingsOf({ accounts }: Organization, knowsAccounts: boolean): object {
  return {
    ...(knowsAccounts && { organizationAccounts: accounts }),
    trustedNetworks: [{ cidr: '203.0.113.253/32', roles: ['declared-line-role'], why: 'the company’s own line' }],
    relays: [{ action: 'sts:GetCallerIdentity', cidr: '203.0.113.254/32', why: 'Vault' }],
  };
}
