import {
  DescribeCluster$,
  ListClusters$,
  type DescribeClusterCommandInput,
  type DescribeClusterResponse,
  type ListClustersCommandInput,
  type ListClustersResponse,
} from '@aws-sdk/client-eks';
import { operation, type Call, type Service } from './operation';
import { restJson } from './protocols/rest-json';
import { WireError } from './wire-error';

export interface Eks {
  /** Makes a cluster, or changes which types of control plane logs it writes. */
  putCluster(name: string, where: { account: string; region: string }, logs: readonly ('api' | 'audit')[]): void;
}

/** API reference, `ListClusters`: 100 on a page; fewer here, so that tests see several. */
const PAGE = 3;

export function eks(): { state: Eks; service: Service } {
  const clusters = new Map<string, readonly ('api' | 'audit')[]>();

  function listClusters({ nextToken = '0' }: ListClustersCommandInput, call: Call): ListClustersResponse {
    const prefix = keyOf('', call);
    const names = [...clusters.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    const from = Number(nextToken);
    const rest = from + PAGE < names.length ? { nextToken: String(from + PAGE) } : {};
    return { clusters: names.sort().slice(from, from + PAGE), ...rest };
  }

  function describeCluster({ name = '' }: DescribeClusterCommandInput, call: Call): DescribeClusterResponse {
    const logs = clusters.get(keyOf(name, call));
    if (!logs) throw new WireError('ResourceNotFoundException', `No cluster found for name: ${name}.`, 404);
    const others = (['api', 'audit', 'authenticator'] as const).filter((type) => !logs.some((one) => one === type));
    const clusterLogging = [
      ...(logs.length > 0 ? [{ types: [...logs], enabled: true }] : []),
      { types: others, enabled: false },
    ];
    return { cluster: { name, status: 'ACTIVE', logging: { clusterLogging } } };
  }

  return {
    service: {
      name: 'eks',
      protocol: restJson([ListClusters$, DescribeCluster$]),
      refusal: { missing: 'InvalidParameterException', invalid: 'InvalidParameterException' },
      throttle: { code: 'ThrottlingException', message: 'Rate exceeded', status: 429 },
      operations: [
        operation(ListClusters$, { honours: ['nextToken'] }, listClusters),
        operation(DescribeCluster$, { honours: ['name'] }, describeCluster),
      ],
    },
    state: { putCluster: (name, where, logs) => void clusters.set(keyOf(name, where), logs) },
  };
}

function keyOf(name: string, { account, region }: { account: string; region: string }): string {
  return `${account}/${region}/${name}`;
}
