import type { HolderJudgement } from '../kubernetes/tokens/judge-tokens';
import { clusterKey } from '../kubernetes/cluster';
import { userOf, type TokenUse } from '../kubernetes/tokens/token-fact';

/** About 10 MB. */
const MOST = 50_000;

/**
 * Addresses that were found to be a pod's own. More uses there change no verdict: facts that do are about others, and have the
 * pod judged again. Bounded; forgetting is harmless.
 */
export class SettledPlaces {
  readonly #places = new Set<string>();

  constructor(private readonly most = MOST) {}

  has(use: TokenUse): boolean {
    return this.#places.has(keyOf(use));
  }

  learn({ trusted, elsewhere, homes }: HolderJudgement): void {
    for (const { use } of elsewhere) this.#places.delete(keyOf(use));
    if (this.#places.size >= this.most) this.#places.clear();
    for (const { use } of trusted) {
      if (use.pod === null || homes.issuanceOf(use.credential)) continue;
      if (homes.podAddresses(use.pod.uid).some(({ ip }) => ip === use.place)) this.#places.add(keyOf(use));
      else this.#places.delete(keyOf(use));
    }
  }
}

function keyOf(use: TokenUse): string {
  return `${clusterKey(use.cluster)} ${userOf(use)} ${use.place}`;
}
