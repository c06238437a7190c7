import type { CidrSet } from '../../detection/model/address';
import type { Because, RuledOut } from '../../detection/model/finding';
import type { ClusterHomes, KnownAddress } from './cluster-homes';
import type { TokenIssuance, TokenUse } from './token-fact';

/** What a use of a token is judged by. */
export interface TokenRuleInput {
  readonly use: TokenUse;
  readonly homes: ClusterHomes;
  /** The `trustedNetworks` of the cluster's account. */
  readonly declared: CidrSet;
  /** Of the token, if somebody else than its node requested it. */
  readonly issuance: TokenIssuance | null;
}

export type TokenRuling = { readonly because: Because } | { readonly ruledOut: RuledOut };

/** Null where the rule has nothing to add. */
type TokenRule = (input: TokenRuleInput) => TokenRuling | null;

/** In their order: the first that trusts the place decides. */
export const TOKEN_RULES: readonly TokenRule[] = [
  declaredNetwork,
  podAddress,
  nodeAddress,
  kubeletAddress,
  sharedEgress,
  requesterPlace,
];

function declaredNetwork({ use, declared }: TokenRuleInput): TokenRuling {
  if (declared.has(use.place)) return { because: 'declared' };
  return ruledOut('declared-network', `no network of trustedNetworks for the cluster’s account contains ${use.place}`);
}

function podAddress({ use, homes }: TokenRuleInput): TokenRuling {
  if (!use.pod) return ruledOut('own-address', 'the token is bound to no pod');
  const known = homes.podAddresses(use.pod.uid);
  if (hasAddress(known, use.place)) return { because: 'own-address' };
  const because = known.length === 0 ? 'no address of the pod is known' : `the pod had ${addressesText(known)}`;
  return ruledOut('own-address', because);
}

/** Pods with the network of their node, and networks that translate. */
function nodeAddress({ use, homes }: TokenRuleInput): TokenRuling {
  const nodes = nodesOf(use, homes);
  const known = nodes.flatMap((node) => homes.nodeAddresses(node));
  if (hasAddress(known, use.place)) return { because: 'own-address' };
  if (nodes.length === 0) return ruledOut('node-address', 'the node of the pod is not known');
  const has = known.length === 0 ? 'has no known address by its status' : `had ${addressesText(known)}`;
  return ruledOut('node-address', `its node ${nodes.join(', ')} ${has}`);
}

function kubeletAddress({ use, homes }: TokenRuleInput): TokenRuling {
  const known = nodesOf(use, homes).flatMap((node) => homes.kubeletPlaces(node, use.time));
  if (hasAddress(known, use.place)) return { because: 'own-address' };
  const because =
    known.length === 0
      ? 'no call of its node’s kubelet from where the node’s credentials are locked is known'
      : `the kubelet of its node called from ${addressesText(known)}`;
  return ruledOut('kubelet-address', because);
}

function sharedEgress({ use, homes }: TokenRuleInput): TokenRuling {
  const nodes = homes.nodesAt(use.place, use.time);
  if (nodes.length > 1) return { because: 'shared-egress' };
  const strangers = homes.strangersAt(use.place, use.time);
  const used =
    strangers.length === 0
      ? ''
      : `; credentials of ${strangers.slice(0, 3).join(', ')} were used there, but are not locked to it`;
  return ruledOut('shared-egress', `the kubelets of fewer than two nodes called from there${used}`);
}

/** A token stays where it was requested; a pod that requests tokens may have several addresses. */
function requesterPlace({ use, homes, issuance }: TokenRuleInput): TokenRuling | null {
  if (!issuance) return null;
  const { requester, requesterPod, place } = issuance;
  const pod = requesterPod ? homes.podAddresses(requesterPod.uid) : [];
  if (place === use.place || hasAddress(pod, use.place)) return { because: 'issuance' };
  return ruledOut('requester', `${requester} requested the token from ${place ?? 'an unknown address'}`);
}

function nodesOf({ pod }: TokenUse, homes: ClusterHomes): readonly string[] {
  return pod ? homes.nodesOf(pod.uid) : [];
}

function hasAddress(known: readonly KnownAddress[], place: string): boolean {
  return known.some(({ ip }) => ip === place);
}

const MOST_SHOWN = 4;

function addressesText(known: readonly KnownAddress[]): string {
  const shown = known.slice(0, MOST_SHOWN).map(({ ip }) => ip);
  return known.length > MOST_SHOWN ? `${shown.join(', ')} and ${known.length - MOST_SHOWN} more` : shown.join(', ');
}

export function ruledOut(explanation: string, because: string): TokenRuling & { readonly ruledOut: RuledOut } {
  return { ruledOut: { explanation, because } };
}
