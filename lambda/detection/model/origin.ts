import { isIPv6, isPrivateAddress, type CidrSet } from './address';
import type { Origin } from './finding';

/** A workload has one first use on each path; the network of each cluster is one, by its ARN. */
export type Path = 'public-ipv4' | 'public-ipv6' | 'endpoint' | `cluster/${string}`;

export interface SeenOrigin extends Origin {
  /** `ip`, or empty. */
  readonly address: string;
  /** `endpointId`, or empty. */
  readonly endpoint: string;
  /** Identifies the origin in findings. */
  readonly key: string;
  /** Null for origins that cannot be a first use. */
  readonly path: Path | null;
  /** For services: `invokedBy` names the same service. */
  readonly attributed: boolean;
}

/** Origins are many, so all are written with the same members in the same order, which V8 then describes once. */
interface Place extends Pick<SeenOrigin, 'kind' | 'key' | 'path'> {
  readonly endpointId?: string;
  readonly endpointAccount?: string | null;
}

function seenAt(ip: string, { kind, key, path, endpointId, endpointAccount }: Place): SeenOrigin {
  return {
    address: ip,
    endpoint: endpointId ?? '',
    ip,
    endpointId: endpointId ?? null,
    endpointAccount: endpointAccount ?? null,
    service: null,
    attributed: false,
    path,
    kind,
    key,
  };
}

/**
 * The network origin of a call. Beside a public address only an endpoint with a named owner counts: VPCs may use public
 * ranges, but the S3 console sends people's public addresses with AWS's own endpoint ids, which name no owner.
 */
export function originOf(source: Source, privateNetworks: CidrSet): SeenOrigin {
  const { ip, service, endpointId, endpointAccount, attributed, cluster } = source;
  if (ip === null) {
    const nowhere = seenAt('', { kind: 'service', key: `service/${service ?? ''}`, path: null });
    return { ...nowhere, ip, service, attributed };
  }
  const isPrivate = isPrivateAddress(ip, privateNetworks);
  if (endpointId !== null && (isPrivate || endpointAccount !== null)) {
    const key = `endpoint/${endpointId}/${ip}`;
    return seenAt(ip, { kind: 'endpoint', key, path: 'endpoint', endpointId, endpointAccount });
  }
  if (isPrivate && cluster !== undefined) {
    const path = `cluster/${cluster}` as const;
    return { ...seenAt(ip, { kind: 'cluster', key: `${path}/${ip}`, path }), cluster };
  }
  if (isPrivate) return seenAt(ip, { kind: 'implausible', key: `implausible/${ip}`, path: null });
  return seenAt(ip, { kind: 'public', key: `public/${ip}`, path: isIPv6(ip) ? 'public-ipv6' : 'public-ipv4' });
}

/** The place where workloads of one egress are counted: a private address is the same one through all endpoints. */
export function egressPlace({ kind, address, key }: SeenOrigin): string {
  if (kind === 'cluster') return key;
  return kind === 'public' ? address : `private/${address}`;
}

/** What the workloads of one network share: a public address, a VPC endpoint, or a cluster. */
export function networkPlace({ ip, endpointId, cluster }: Origin): string {
  return endpointId ?? cluster ?? ip ?? '';
}

/** The origin for people: an address, `vpce-…/10.0.0.5`, `arn:aws:eks:…:cluster/demo/10.0.0.5`, or a service's name. */
export function originText(origin: Origin): string {
  const { kind, ip, endpointId, service, cluster } = origin;
  if (kind === 'endpoint') return `${endpointId ?? ''}/${ip ?? ''}`;
  if (cluster !== undefined) return `${cluster}/${ip ?? ''}`;
  return ip ?? service ?? '';
}

/** The origin in sentences: as `originText`, with the name of a cluster instead of its ARN. */
export function placeText(origin: Origin, cluster = origin.cluster): string {
  return cluster === undefined ? originText(origin) : `${origin.ip ?? ''} at ${clusterText(cluster)}`;
}

/** `cluster demo`, by an ARN or a path; where nothing names it, `a cluster`. */
export function clusterText(arn: string): string {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return name === '' ? 'a cluster' : `cluster ${name}`;
}

/**
 * The source of a call as recorded, before settings are applied: the canonical address or the service's name, and the VPC
 * endpoint fields where they are well-formed.
 */
export interface Source {
  /** Canonical IPv4 or IPv6 text (`::ffff:1.2.3.4` is `1.2.3.4`); null when the record names a service. */
  readonly ip: string | null;
  /** `<name>.amazonaws.com`, or `AWS Internal` (its `/3` forms included); null when the record gives an address. */
  readonly service: string | null;
  /** True when `userIdentity.invokedBy` names the same service. */
  readonly attributed: boolean;
  /** Only when it looks like `vpce-…`: AWS also writes words here. */
  readonly endpointId: string | null;
  /** Only when it is a 12-digit account id. */
  readonly endpointAccount: string | null;
  /** ARN of the cluster whose audit log has the call; its unknown parts are empty. Absent for calls of AWS. */
  readonly cluster?: string;
}
