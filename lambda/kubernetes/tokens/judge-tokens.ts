import { cidrSet, isIPv6, type CidrSet } from '../../detection/model/address';
import type { Because, RuledOut, Severity, TokenFindingType } from '../../detection/model/finding';
import type { Settings } from '../../detection/model/settings';
import { ClusterHomes, type IsHeld } from './cluster-homes';
import type { TokenUse } from './token-fact';
import type { ClusterTokenFacts, HolderUses, TokenFactSet } from './token-fact-set';
import { ruledOut, TOKEN_RULES, type TokenRuleInput } from './token-rules';

export interface TokenContext {
  readonly settings: Pick<Settings, 'trustedNetworks' | 'privateNetworks' | 'kubernetes'>;
  readonly isHeld: IsHeld;
}

/** A place that a token's holder may use. */
export interface TrustedUse {
  readonly use: TokenUse;
  readonly because: Because;
}

export interface UseElsewhere {
  readonly use: TokenUse;
  readonly type: TokenFindingType;
  readonly severity: Severity;
  /** `pod shop/db`, `node ip-…`: whose address the place is; null if unknown. */
  readonly owner: string | null;
  /** The pod had been gone. */
  readonly isAfterEnd: boolean;
  readonly ruledOut: readonly RuledOut[];
}

/** The verdicts on a pod, or on an account whose tokens are bound to none. */
export interface HolderJudgement {
  readonly homes: ClusterHomes;
  readonly trusted: readonly TrustedUse[];
  /** By time. */
  readonly elsewhere: readonly UseElsewhere[];
}

/** Requests that are under way, and clocks that differ; the API server itself accepts tokens of a pod for a minute more. */
const GRACE = 120_000;

/** Judges the uses of all tokens. The order in which the facts came makes no difference. */
export function* judgeTokens(set: TokenFactSet, context: TokenContext): Generator<HolderJudgement> {
  for (const facts of set.clusters()) {
    const judge = judgeOf(facts, context);
    for (const uses of facts.users.values()) yield judge(uses);
  }
}

/** Judges the uses of one holder (`userOf`) by facts of its cluster; null where it has none. */
export function judgeHolder(facts: ClusterTokenFacts, holder: string, context: TokenContext): HolderJudgement | null {
  const uses = facts.users.get(holder);
  return uses ? judgeOf(facts, context)(uses) : null;
}

function judgeOf(facts: ClusterTokenFacts, { settings, isHeld }: TokenContext): (uses: HolderUses) => HolderJudgement {
  const homes = new ClusterHomes(facts, { isHeld, privateNetworks: cidrSet(settings.privateNetworks) });
  const declared = declaredFor(facts.cluster.account, settings);
  return (uses) => new Holder(uses, homes, declared).judged(settings.kubernetes.unboundTokens);
}

/** Networks that are declared for roles say nothing of tokens, which have none. */
function declaredFor(account: string | null, { trustedNetworks }: TokenContext['settings']): CidrSet {
  const ours = trustedNetworks.filter(
    ({ accounts = [], roles = [] }) =>
      roles.length === 0 && (accounts.length === 0 || (account !== null && accounts.includes(account))),
  );
  return cidrSet(ours.map(({ cidr }) => cidr));
}

interface Ruled {
  readonly use: TokenUse;
  readonly input: TokenRuleInput;
  readonly because: Because | null;
  readonly ruledOut: readonly RuledOut[];
}

class Holder {
  readonly #ruled: readonly Ruled[];

  constructor(
    private readonly uses: HolderUses,
    private readonly homes: ClusterHomes,
    declared: CidrSet,
  ) {
    this.#ruled = uses.all().map((use) => {
      const issuance = homes.issuanceOf(use.credential);
      return ruledBy({ use, homes, declared, issuance });
    });
  }

  judged(withUnbound: boolean): HolderJudgement {
    const trusted: TrustedUse[] = [];
    const elsewhere: UseElsewhere[] = [];
    const first = this.#firstUses();
    for (const { use, because, input, ruledOut: tried } of this.#ruled) {
      if (!isLocked(input, withUnbound)) continue;
      if (because !== null) trusted.push({ use, because });
      else if (first.places.has(placeKey(use))) trusted.push({ use, because: 'first-use-unverified' });
      else elsewhere.push(this.#elsewhere(use, [...tried, ...this.#whyNoFirstUse(input, first.because)]));
    }
    return { homes: this.homes, trusted, elsewhere };
  }

  #whyNoFirstUse({ issuance }: TokenRuleInput, because: string): RuledOut[] {
    return issuance ? [] : [ruledOut('first-use', because).ruledOut];
  }

  /**
   * Where the log shows no address of the holder, its earliest place is taken for its own. A public IPv4 address is never a
   * pod's own: it can only be that of its node's way out, which the node's own calls show where they are known.
   */
  #firstUses(): FirstUses {
    const locked = this.#ruled.filter(({ input }) => !input.issuance);
    if (this.uses.isIncomplete) return refused('it was used at too many places to conclude which was its first');
    if (this.homes.facts.areAddressesMissing)
      return refused('too much is stated of it and its node to conclude anything');
    if (locked[0]?.use.pod === null) return earliestOfEach(locked);
    const candidates = locked.filter(({ use, because }) => because === null && !this.#isAfterEnd(use));
    const [earliest] = candidates;
    if (!earliest) return refused('its places are known');
    const { use } = candidates.find((one) => this.homes.isPrivate(one.use.place)) ?? earliest;
    const why = this.#whyNotItsOwn(use, locked);
    return why === null ? only(use) : refused(why);
  }

  #whyNotItsOwn({ pod, place }: TokenUse, locked: readonly Ruled[]): string | null {
    const uid = pod?.uid ?? '';
    const isPrivate = this.homes.isPrivate(place);
    if (!isPrivate && locked.some(({ because }) => because !== null)) return 'the pod was seen at a place of its own';
    if (isPrivate || isIPv6(place)) return this.homes.podAddresses(uid).length > 0 ? 'its address is known' : null;
    const isNodeKnown = this.homes.nodesOf(uid).some((node) => this.homes.kubeletPlaces(node, Infinity).length > 0);
    return isNodeKnown ? 'the places that its node calls from are known' : null;
  }

  #isAfterEnd({ pod, time }: TokenUse): boolean {
    const end = pod && this.homes.facts.gone.get(pod.uid)?.time;
    return typeof end === 'number' && time > end + GRACE;
  }

  #elsewhere(use: TokenUse, tried: readonly RuledOut[]): UseElsewhere {
    const owner = this.homes.ownerOf(use.place, use);
    const isAfterEnd = this.#isAfterEnd(use);
    const isOutside = isAfterEnd || (owner === null && !this.homes.isPrivate(use.place));
    return {
      use,
      type: isOutside ? 'ServiceAccountTokenOutside' : 'ServiceAccountTokenMoved',
      severity: isOutside ? 'HIGH' : 'MEDIUM',
      owner,
      isAfterEnd,
      ruledOut: tried,
    };
  }
}

function ruledBy(input: TokenRuleInput): Ruled {
  const tried: RuledOut[] = [];
  for (const rule of TOKEN_RULES) {
    const ruling = rule(input);
    if (ruling && 'because' in ruling) return { use: input.use, input, because: ruling.because, ruledOut: tried };
    if (ruling) tried.push(ruling.ruledOut);
  }
  return { use: input.use, input, because: null, ruledOut: tried };
}

/** Tokens without a pod are made for use anywhere, unless somebody was seen to request one. */
function isLocked({ use, issuance }: TokenRuleInput, withUnbound: boolean): boolean {
  if (use.pod || issuance) return true;
  const isController = use.account.startsWith('kube-system/') && use.credential === null;
  return withUnbound && !isController;
}

function placeKey({ credential, place, pod }: TokenUse): string {
  return pod ? place : `${credential ?? ''} ${place}`;
}

interface FirstUses {
  readonly places: ReadonlySet<string>;
  /** Why all others are none. */
  readonly because: string;
}

function only(use: TokenUse): FirstUses {
  return { places: new Set([placeKey(use)]), because: `its first known use was from ${use.place}` };
}

function refused(because: string): FirstUses {
  return { places: new Set(), because };
}

/** Of tokens without a pod each has a first use of its own. */
function earliestOfEach(ruled: readonly Ruled[]): FirstUses {
  const first = new Map<string | null, string>();
  for (const { use } of ruled) if (!first.has(use.credential)) first.set(use.credential, placeKey(use));
  return { places: new Set(first.values()), because: 'the token was first used elsewhere' };
}
