/**
 * Where a record says its call came from, before settings are asked: the canonical address or the service's name, and
 * the VPC endpoint fields as far as they are what they should be. `judge` makes an origin of it.
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
