import type { Workload } from '../detection/model/workload';
import { parseSessionArn } from '../detection/model/session-arn';
import type { Cluster } from '../kubernetes/cluster';
import { userOf, type TokenFact } from '../kubernetes/tokens/token-fact';

/** The holder of tokens as a workload, by which it subscribes and is confirmed: a pod, or an account whose tokens are bound to none. */
export const TOKEN_HOLDER = 'kubernetes-service-account';

export interface TokenHolder {
  readonly cluster: Cluster;
  /** `userOf` its uses. */
  readonly user: string;
}

const ID = /^([^/]+)\/([^/]+)\/((?:pod|account)\/.+)$/;

/** Null for a cluster of which parts are not known. */
export function holderWorkload({ cluster, user }: TokenHolder): Workload | null {
  const { partition, account, region, name } = cluster;
  if (account === null || region === null || name === null) return null;
  return { partition, account, kind: TOKEN_HOLDER, id: `${region}/${name}/${user}` };
}

/** Null for a workload of another kind. */
export function holderOf({ partition, account, kind, id }: Workload): TokenHolder | null {
  const [, region, name, user] = (kind === TOKEN_HOLDER && ID.exec(id)) || [];
  if (region === undefined || name === undefined || user === undefined) return null;
  return { cluster: { partition, account, region, name }, user };
}

/** The holder that a fact is about itself; null for facts about nodes and requested tokens. */
export function holderIn(fact: TokenFact): TokenHolder | null {
  const { cluster } = fact;
  if (fact.fact === 'use') return { cluster, user: userOf(fact) };
  if (fact.fact === 'address') return 'pod' in fact.holder ? { cluster, user: `pod/${fact.holder.pod.uid}` } : null;
  return fact.fact === 'on-node' || fact.fact === 'gone' ? { cluster, user: `pod/${fact.pod.uid}` } : null;
}

/** The instance that a node's session is named for; null for other sessions. */
export function instanceOfSession(session: string): Workload | null {
  const parts = parseSessionArn(session);
  if (!parts?.name.startsWith('i-')) return null;
  return { partition: parts.partition, account: parts.account, kind: 'ec2-instance', id: parts.name };
}
