import { accountIdOf, textOf } from '../detection/model/json-field';
import type { Cluster } from '../kubernetes/cluster';

/** What a line says of its cluster, in fields that operators add. */
interface Claim {
  readonly name: unknown;
  readonly account?: unknown;
  readonly region?: unknown;
}

const NAME = /^[0-9A-Za-z][\w-]{0,99}$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

/** The cluster with the parts that nothing but the line itself names. A line of another cluster adds nothing. */
export function claimedCluster(cluster: Cluster, { name, account, region }: Claim): Cluster {
  const claimed = matching(NAME, name);
  if (claimed === null || (cluster.name ?? claimed) !== claimed) return cluster;
  return {
    partition: cluster.partition,
    account: cluster.account ?? accountIdOf(account),
    region: cluster.region ?? matching(REGION, region),
    name: claimed,
  };
}

export function isClusterName(text: string): boolean {
  return NAME.test(text);
}

function matching(form: RegExp, value: unknown): string | null {
  const text = textOf(value) ?? '';
  return form.test(text) ? text : null;
}
