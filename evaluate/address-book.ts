import type { Random } from '../trail-writer/random';

/** Part of AWS's published address ranges, which the made-up organisation's addresses are drawn from. */
const AWS: Readonly<Record<string, { readonly ec2: string; readonly v6: string; readonly other: string }>> = {
  'eu-west-1': { ec2: '34.240', v6: '2a05:d018', other: '54.240.197' },
  'us-east-1': { ec2: '3.80', v6: '2600:1f18', other: '54.240.216' },
};
/** Ranges reserved for documentation: nothing of AWS. */
const OUTSIDE = ['192.0.2', '198.51.100', '203.0.113'];

export const REGIONS = ['eu-west-1', 'us-east-1'] as const;

/** AWS's `ip-ranges.json` of the addresses above. */
export function ipRanges(): object {
  const regions = Object.entries(AWS);
  return {
    syncToken: '1759622400',
    createDate: '2025-10-05-00-00-00',
    prefixes: [
      ...regions.flatMap(([region, { ec2 }]) =>
        ['AMAZON', 'EC2'].map((service) => ({ ip_prefix: `${ec2}.0.0/16`, ...published(region, service) })),
      ),
      ...regions.map(([region, { other }]) => ({ ip_prefix: `${other}.0/24`, ...published(region, 'AMAZON') })),
    ],
    ipv6_prefixes: regions.map(([region, { v6 }]) => ({ ipv6_prefix: `${v6}::/32`, ...published(region, 'EC2') })),
  };
}

function published(region: string, service: string): object {
  return { region, service, network_border_group: region };
}

/** Draws addresses, each only once. */
export class AddressBook {
  readonly #drawn: Set<string>;

  constructor(
    readonly random: Random,
    taken: readonly string[],
  ) {
    this.#drawn = new Set(taken);
  }

  aws(region: string): string {
    return this.#fresh(() => `${rangesOf(region).ec2}.${this.#octet()}.${this.#octet()}`);
  }

  awsV6(region: string): string {
    const { v6 } = rangesOf(region);
    return this.#fresh(() => `${v6}:${this.#group()}:${this.#group()}::${this.#group()}`);
  }

  /** Of AWS, but not of EC2: what AWS's own services call from. */
  amazon(region: string): string {
    return this.#fresh(() => `${rangesOf(region).other}.${this.#octet()}`);
  }

  outside(): string {
    return this.#fresh(() => `${this.random.pick(OUTSIDE)}.${this.#octet()}`);
  }

  outsideV6(): string {
    return this.#fresh(() => `2001:db8:${this.#group()}::${this.#group()}`);
  }

  /** A public block that VPCs use inside, though it is not AWS's. */
  publicBlock(): string {
    return `11.${this.random.below(256)}.${this.random.below(256)}`;
  }

  /** The first three octets of a private /24; VPCs may overlap. */
  privateBlock(): string {
    return `10.${this.random.below(200)}.${this.random.below(256)}`;
  }

  #octet(): number {
    return 1 + this.random.below(254);
  }

  #group(): string {
    return (0x1000 + this.random.below(0xefff)).toString(16);
  }

  #fresh(draw: () => string): string {
    for (let tries = 0; tries < 10_000; tries += 1) {
      const address = draw();
      if (this.#drawn.has(address)) continue;
      this.#drawn.add(address);
      return address;
    }
    throw new Error('no address is left to draw');
  }
}

function rangesOf(region: string): (typeof AWS)[string] {
  const ranges = AWS[region];
  if (!ranges) throw new Error(`no addresses for ${region}`);
  return ranges;
}
