import type { CidrSet } from '../model/address';
import { lastUntil } from '../model/in-time-order';
import { BEFORE, strictlyHoldsAt, type Holder, type Tenure } from './address-tenure';
import { heldAt, latestEnd, tenuresAt } from './tenures-in-time';

/** One more first use, opened by a change whose address is unknown. */
export interface Door {
  /** The action that opened it. */
  readonly cause: 'unknown-eip' | 'unknown-interface' | 'second-interface' | 'start' | 'eip-lost';
  readonly time: number;
  readonly eventId: string;
  readonly action: string;
  /** `public`: a public IPv4 first use; `any`: one on whichever path. */
  readonly admits: 'public' | 'any';
}

/** The history of one instance. */
export interface InstanceLife {
  region: string | null;
  vpcId: string | null;
  /** Of its launch. */
  subnetId: string | null;
  launched: number | null;
  terminated: { time: number; eventId: string } | null;
  /** Starts and stops by time. */
  readonly power: { time: number; on: boolean; eventId: string }[];
  readonly doors: Door[];
  readonly tenures: Tenure[];
  /** True when the launch listed the interfaces: see `knowsInterfaces`. */
  interfacesKnown: boolean;
  /** When an inventory first listed its interfaces; null if none did. */
  interfacesListed: number | null;
  /** When the first interface was attached whose creation was not seen. */
  unknownInterfaceSince: number | null;
  /** When it got a second interface: an Elastic IP address on one leaves the automatic address on another. */
  secondInterface: Door | null;
  eksNode: boolean;
  /** Source/destination check, by time: off means it forwards other hosts' traffic. */
  readonly forwarding: { time: number; on: boolean }[];
}

export interface EndpointPlace {
  readonly vpcId: string;
  readonly account: string;
  readonly region: string;
}

/** The VPC of a function (null: none) from a time on. */
export interface FunctionConfiguration {
  readonly region: string;
  readonly vpcId: string | null;
  readonly time: number;
  readonly eventId: string;
}

/** A change of the default route or of a subnet's route table, or the loss of an Elastic IP address by an unknown instance. */
export interface EgressMove {
  readonly region: string;
  /** Null where no record shows it. */
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly time: number;
  readonly eventId: string;
  readonly action: string;
}

/** The holders of addresses, allocations, interfaces, NAT gateways and endpoints over time, for all workloads. */
export class NetworkBook {
  readonly instances = new Map<string, InstanceLife>();
  /** Tenures of public addresses, by address. */
  readonly byAddress = new Map<string, Tenure[]>();
  /** Private tenures of instances, by `${vpcId} ${address}`. */
  readonly privateByVpc = new Map<string, Tenure[]>();
  /** Tenures of the public addresses of NAT gateways, by VPC. */
  readonly natByVpc = new Map<string, Tenure[]>();
  /** Tenures of the private addresses of NAT gateways, by address. */
  readonly privateNat = new Map<string, Tenure[]>();
  /** VPCs with a NAT gateway that has a public address which no record names. */
  readonly unnamedNat = new Set<string>();
  /** By account and `functionEntity`, in order of time. */
  readonly functions = new Map<string, FunctionConfiguration[]>();
  /** By account, in order of time. */
  readonly moves = new Map<string, EgressMove[]>();
  readonly endpoints = new Map<string, EndpointPlace>();
  readonly byoip: { readonly account: string; readonly cidr: string; readonly range: CidrSet }[] = [];

  instance(account: string, id: string): InstanceLife | null {
    return this.instances.get(instanceKey(account, id)) ?? null;
  }

  /** The tenure by which an address was this instance's own at a time, unless another holder had it by then. */
  ownAddress(account: string, id: string, address: string, time: number): Tenure | null {
    const life = this.instance(account, id);
    if (!life) return null;
    const own = heldAt(tenuresAt(life.tenures, address), time);
    const strict = own.find((tenure) => strictlyHoldsAt(tenure, time));
    if (strict) return strict;
    return own[0] && !this.holderOf(address, time, { kind: 'instance', id }) ? own[0] : null;
  }

  /** The holders of a public address at a time, other than the one named. */
  holderOf(address: string, time: number, except: Holder | null = null): Tenure | null {
    const last = heldAt(this.byAddress.get(address), time).findLast(
      (tenure) =>
        tenure.holder.id !== except?.id && tenure.holder.kind !== 'allocation' && strictlyHoldsAt(tenure, time),
    );
    return last ?? null;
  }

  /** The account whose address this was at a time, by allocation or tenure. */
  accountOf(address: string, time: number): { account: string; region: string } | null {
    const last = heldAt(this.byAddress.get(address), time).at(-1);
    if (last) return { account: last.account, region: last.region };
    const owned = this.byoip.find(({ range }) => range.has(address));
    return owned ? { account: owned.account, region: '' } : null;
  }

  /**
   * When the last holder of a public address gave it up: what follows there is somebody else's. Null where it has a holder at
   * that time, or the records name none.
   */
  lostAt(address: string, time: number): number | null {
    const tenures = this.byAddress.get(address);
    const held = heldAt(tenures, time);
    if (held.some(({ holder, until }) => holder.kind !== 'allocation' || until !== null)) return null;
    return latestEnd(tenures, time);
  }

  forwards(account: string, id: string, time: number): boolean {
    const switches = this.instance(account, id)?.forwarding ?? [];
    return switches[lastUntil(switches, time + BEFORE)]?.on ?? false;
  }
}

/** True when all interfaces of an instance were known at a time, so that it had no addresses but those of its tenures. */
export function knowsInterfaces(life: InstanceLife, time: number): boolean {
  const { interfacesKnown, interfacesListed, unknownInterfaceSince } = life;
  const isListed = interfacesListed !== null && time >= interfacesListed;
  return (interfacesKnown || isListed) && (unknownInterfaceSince === null || time < unknownInterfaceSince - BEFORE);
}

export function instanceKey(account: string, id: string): string {
  return `${account}/${id}`;
}

export function emptyLife(): InstanceLife {
  return {
    region: null,
    vpcId: null,
    subnetId: null,
    launched: null,
    terminated: null,
    power: [],
    doors: [],
    tenures: [],
    interfacesKnown: false,
    interfacesListed: null,
    unknownInterfaceSince: null,
    secondInterface: null,
    eksNode: false,
    forwarding: [],
  };
}
