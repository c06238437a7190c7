import { createHash } from 'node:crypto';
import { isPrivateAddress, cidrSet } from '../detection/model/address';
import { clusterKey, type Cluster } from '../kubernetes/cluster';
import {
  credentialScope,
  keyInCluster,
  scopesOf,
  type TokenFact,
  type TokenUse,
} from '../kubernetes/tokens/token-fact';
import { TOKEN_FACT_SCHEMA } from '../kubernetes/tokens/token-fact-schema';
import type { ItemKey, SightingItem, StoredItem } from '../store/lock-table';
import { expiryOf, partition, SORT_KEYS, timeText } from '../store/table-schema';

const HOUR = 3_600_000;
/** Longer keys are no names that Kubernetes gives. */
const LONGEST_SCOPE = 700;
const LATEST = 10 ** 15 - 1;
const NO_NETWORKS = cidrSet([]);

/** The partition of a scope (`scopesOf`) of a cluster. */
export function partitionOfScope(cluster: Cluster, scope: string): string {
  return partition.tokens(`${clusterKey(cluster)}/${scope}`);
}

/** The topic of tokens that were requested for an account, whatever they are called. */
export function topicOfRequests(cluster: Cluster, account: string): string {
  return partitionOfScope(cluster, `requested/${account}`);
}

/**
 * The items of a fact, which replace those of the same key by `mergedFact`: one for each scope, and of a use one more that keeps
 * the first at its place. None where a name in it is too long for a key.
 */
export function tokenItems(fact: TokenFact, retentionDays: number): SightingItem[] {
  const scopes = scopesOf(fact);
  if (scopes.some((scope) => scope.length > LONGEST_SCOPE)) return [];
  const body = JSON.stringify(fact);
  const order = timeText(fact.fact === 'gone' ? LATEST - fact.time : fact.time);
  const item = { body, least: `${order} ${body}`, did: ['token'], expires: expiryOf(fact.time, retentionDays) };
  const sortKeys = fact.fact === 'use' ? [sortKeyOf(fact), sortKeyOfPlace(fact)] : [sortKeyOf(fact)];
  return scopes.flatMap((scope) => sortKeys.map((sk) => ({ pk: partitionOfScope(fact.cluster, scope), sk, ...item })));
}

/** Uses are sorted by their hours. */
function sortKeyOf(fact: TokenFact): string {
  if (fact.fact === 'issuance') return ISSUANCE;
  const digest = createHash('sha256').update(keyInCluster(fact)).digest('base64url').slice(0, 22);
  if (fact.fact === 'address') return `${SORT_KEYS.tokenAddress}${digest}`;
  if (fact.fact !== 'use') return `${SORT_KEYS.tokenFact}${fact.fact}#${digest}`;
  return `${SORT_KEYS.tokenUse}${timeText(Math.floor(fact.time / HOUR))}#${digest}`;
}

/** A credential is issued once. */
const ISSUANCE = `${SORT_KEYS.tokenFact}issuance`;

function sortKeyOfPlace({ place }: TokenUse): string {
  return `${SORT_KEYS.tokenPlace}${isPrivateAddress(place, NO_NETWORKS) ? 'private' : 'public'}#${place}`;
}

/** The sort keys of the first uses at places, by what begins them. */
export const PLACES = ['private', 'public'].map((kind) => `${SORT_KEYS.tokenPlace}${kind}#`);

/** Where the issuance of a credential is. */
export function issuanceKey(cluster: Cluster, credential: string): ItemKey {
  return { pk: partitionOfScope(cluster, credentialScope(credential)), sk: ISSUANCE };
}

export function tokenFactIn({ body }: StoredItem): TokenFact {
  return TOKEN_FACT_SCHEMA.parse(JSON.parse(body));
}
