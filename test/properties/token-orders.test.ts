import { seededRandom, type Random } from '../../trail-writer/random';
import type { IsHeld } from '../../lambda/kubernetes/tokens/cluster-homes';
import type { TokenFact, TokenUse } from '../../lambda/kubernetes/tokens/token-fact';
import { TokenFactSet } from '../../lambda/kubernetes/tokens/token-fact-set';
import { DEMO_CLUSTER } from '../lambda/kubernetes/audit-records';
import { findingsOn } from '../lambda/kubernetes/tokens/judged-tokens';
import { IS_EXHAUSTIVE } from '../sample';

const START = Date.parse('2026-09-01T00:00:00Z');
const ORDERS = IS_EXHAUSTIVE ? 20 : 3;

/** Few pods, nodes and addresses, so that facts meet: of what is stated, most is contradicted. */
function randomFact(random: Random): TokenFact {
  const time = START + random.below(48 * 60) * 60_000;
  const common = { cluster: DEMO_CLUSTER, time };
  const pod = { uid: `uid-${random.below(40)}`, name: `shop/web-${random.below(30)}` };
  const node = `node-${random.below(8)}`;
  const credential = `JTI=${random.below(60)}`;
  const by = random.chance(0.3)
    ? { stored: true as const, credential: random.chance(0.5) ? null : credential }
    : { node, session: random.chance(0.9) ? sessionOf(random) : null, place: placeOf(random) };
  const facts: readonly (() => TokenFact)[] = [
    () => useOf(random, { ...common, pod, node, credential }),
    () => useOf(random, { ...common, pod, node, credential }),
    () => ({ ...common, fact: 'address', holder: random.chance(0.7) ? { pod } : { node }, ip: placeOf(random), by }),
    () => ({ ...common, fact: 'address', holder: { node }, ip: 'place' in by ? by.place : placeOf(random), by }),
    () => ({ ...common, fact: 'on-node', pod, node }),
    () => ({ ...common, fact: 'instance', node, instance: `i-${random.below(8)}` }),
    () => ({ ...common, fact: 'gone', pod }),
    () => ({ ...common, ...issuanceOf(random), credential, requesterPod: random.chance(0.5) ? null : pod }),
  ];
  return random.pick(facts)();
}

function useOf(
  random: Random,
  { pod, node, ...rest }: Pick<TokenUse, 'cluster' | 'time' | 'credential'> & { pod: TokenUse['pod']; node: string },
): TokenUse {
  return {
    ...rest,
    fact: 'use',
    pod: random.chance(0.9) ? pod : null,
    node: random.chance(0.5) ? node : null,
    account: `shop/${random.below(3)}`,
    place: placeOf(random),
    auditId: `record-${random.below(100_000)}`,
    name: 'list secrets',
    target: null,
    status: random.pick([200, 403]),
    impersonated: null,
    userAgent: null,
    claimedSources: [],
    isStale: random.chance(0.1),
  };
}

function issuanceOf(random: Random): { fact: 'issuance'; account: string; requester: string; place: string | null } {
  const place = random.chance(0.9) ? placeOf(random) : null;
  return { fact: 'issuance', account: 'shop/0', requester: `person-${random.below(5)}`, place };
}

function placeOf(random: Random): string {
  return random.pick([`10.0.0.${random.below(60)}`, `198.51.100.${random.below(20)}`, `2001:db8::${random.below(9)}`]);
}

function sessionOf(random: Random): string {
  return `arn:aws:sts::111122223333:assumed-role/node/i-${random.below(8)}`;
}

const isHeld: IsHeld = ({ session, place }) => (session.length + place.length) % 3 !== 0;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const [one, two] = [result[last], result[other]];
    if (one !== undefined && two !== undefined) [result[last], result[other]] = [two, one];
  }
  return result;
}

const SETTINGS = { kubernetes: { unboundTokens: true } };

describe('10,000 random facts about tokens', () => {
  const random = seededRandom(20260901);
  const facts = Array.from({ length: 10_000 }, () => randomFact(random));
  const textOf = (some: readonly TokenFact[]): string => JSON.stringify(findingsOn(some, isHeld, SETTINGS), null, 1);
  const plain = textOf(facts);

  it('give findings of both types', () => {
    expect(plain).toContain('"ServiceAccountTokenOutside"');
    expect(plain).toContain('"ServiceAccountTokenMoved"');
  });

  it.each(Array.from({ length: ORDERS }, (_, at) => at))('give the same ones in any order, some twice (%i)', () => {
    const again = facts.filter(() => random.chance(0.2));
    expect(textOf(shuffled([...facts, ...again], random))).toBe(plain);
  });

  it('give the same ones when they are read by several threads', () => {
    const sets = Array.from({ length: 4 }, () => new TokenFactSet());
    for (const fact of shuffled(facts, random)) sets[random.below(4)]?.add(fact);
    expect(textOf(sets.flatMap((set) => [...set.facts()]))).toBe(plain);
  });
});
