import { isIPv6, isPrivateAddress, type CidrSet } from './address';
import type { Origin } from './finding';

/** A workload has one first use on each path. */
export type Path = 'public-ipv4' | 'public-ipv6' | 'endpoint';

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

const NOWHERE = {
  address: '',
  endpoint: '',
  ip: null,
  endpointId: null,
  endpointAccount: null,
  service: null,
  attributed: false,
  path: null,
} as const;

/**
 * The network origin of a call. Beside a public address only an endpoint with a named owner counts: VPCs may use public
 * ranges, but the S3 console sends people's public addresses with AWS's own endpoint ids, which name no owner.
 */
export function originOf(source: Source, privateNetworks: CidrSet): SeenOrigin {
  const { ip, service, endpointId, endpointAccount, attributed } = source;
  if (ip === null) return { ...NOWHERE, kind: 'service', service, attributed, key: `service/${service ?? ''}` };
  const isPrivate = isPrivateAddress(ip, privateNetworks);
  if (endpointId !== null && (isPrivate || endpointAccount !== null)) {
    const key = `endpoint/${endpointId}/${ip}`;
    return {
      ...NOWHERE,
      kind: 'endpoint',
      ip,
      address: ip,
      endpointId,
      endpoint: endpointId,
      endpointAccount,
      path: 'endpoint',
      key,
    };
  }
  if (isPrivate) return { ...NOWHERE, kind: 'implausible', ip, address: ip, key: `implausible/${ip}` };
  return {
    ...NOWHERE,
    kind: 'public',
    ip,
    address: ip,
    path: isIPv6(ip) ? 'public-ipv6' : 'public-ipv4',
    key: `public/${ip}`,
  };
}

/** The place where workloads of one egress are counted: a private address is the same one through all endpoints. */
export function egressPlace({ kind, address }: SeenOrigin): string {
  return kind === 'public' ? address : `private/${address}`;
}

/** What the workloads of one network share: a public address, or a VPC endpoint. */
export function networkPlace({ ip, endpointId }: Origin): string {
  return endpointId ?? ip ?? '';
}

/** The origin for people: an address, `vpce-…/10.0.0.5`, or a service's name. */
export function originText(origin: Origin): string {
  if (origin.kind === 'endpoint') return `${origin.endpointId ?? ''}/${origin.ip ?? ''}`;
  return origin.ip ?? origin.service ?? '';
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
}
