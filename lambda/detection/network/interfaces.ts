import type { Change, InterfaceDetail } from '../facts/facts';
import { instanceKey } from './network-book';
import type { Tenure } from './address-tenure';
import type { Instances } from './instances';
import { withOne, without } from './short-list';

export interface InterfaceState {
  /** False for an interface whose creation was not seen, as long as no inventory lists its addresses. */
  known: boolean;
  readonly vpcId: string | null;
  /** Key of the instance it is attached to. */
  owner: string | null;
  attachmentId: string | null;
  addresses: readonly string[];
  /** Elastic IP addresses on it. */
  elastic: readonly string[];
  /** True once it has an Elastic IP address that no record names. */
  unknownElastic: boolean;
  /** True while its source/destination check is off: the instance that has it forwards other hosts' traffic. */
  forwards: boolean;
}

/** An interface as an inventory lists it. */
interface ListedState {
  readonly detail: InterfaceDetail;
  readonly state: InterfaceState;
}

/** Network interfaces, their addresses and their instances. An instance has the addresses of its interfaces. */
export class Interfaces {
  private readonly states = new Map<string, InterfaceState>();
  private readonly attachments = new Map<string, string>();
  /** By Elastic IP address, the interface it was put on last. */
  private readonly elasticOn = new Map<string, InterfaceState>();
  /** By network and private address, the Elastic IP address that was associated with it. */
  private readonly elasticBeside = new Map<string, string>();
  private readonly ofInstance = new Map<string, readonly InterfaceState[]>();

  constructor(private readonly instances: Instances) {}

  get(eniId: string): InterfaceState | null {
    return this.states.get(eniId) ?? null;
  }

  withElastic(address: string): InterfaceState | null {
    return this.elasticOn.get(address) ?? null;
  }

  /** `privateIp`: the private address that the Elastic IP address is associated with, and moves with; null for the primary one. */
  putElastic(change: Change, state: InterfaceState, address: string, privateIp: string | null): void {
    state.elastic = withOne(state.elastic, address);
    this.elasticOn.set(address, state);
    if (privateIp !== null) this.elasticBeside.set(besideKey(change, state, privateIp), address);
  }

  /** False where the address is not on the interface. */
  removeElastic(state: InterfaceState, address: string): boolean {
    if (!state.elastic.includes(address)) return false;
    state.elastic = without(state.elastic, address);
    return true;
  }

  /** The interface a record describes, merged with what was known of it before. */
  know(change: Change, detail: InterfaceDetail): InterfaceState {
    const isMade = change.action === 'RunInstances' || change.action === 'CreateNetworkInterface';
    const before = this.states.get(detail.eniId);
    if (before) {
      if (isMade && !before.known) this.complete(before, detail);
      return before;
    }
    const state: InterfaceState = {
      known: isMade,
      vpcId: detail.vpcId,
      owner: null,
      attachmentId: null,
      addresses: [...new Set(addressesOf(detail))],
      elastic: [],
      unknownElastic: false,
      forwards: false,
    };
    this.states.set(detail.eniId, state);
    return state;
  }

  create(change: Change): void {
    for (const detail of change.interfaces) this.know(change, detail);
  }

  launch(change: Change): void {
    const life = this.instances.named(change);
    if (!life) return;
    life.launched ??= change.time;
    life.vpcId ??= change.vpcId;
    if (change.interfaces.length > 0) life.interfacesKnown = true;
    for (const detail of change.interfaces) {
      life.vpcId ??= detail.vpcId;
      life.subnetId ??= detail.subnetId;
      this.attachOne(change, detail);
    }
  }

  attach(change: Change): void {
    const life = this.instances.named(change);
    if (!life || change.instanceId === null) return;
    const key = instanceKey(change.account, change.instanceId);
    for (const detail of change.interfaces) {
      const state = this.attachOne(change, detail);
      life.vpcId ??= state.vpcId;
      if (!state.known) {
        life.unknownInterfaceSince ??= change.time;
        this.instances.openDoor(change, key, 'unknown-interface');
      } else if (state.unknownElastic) this.instances.openDoor(change, key, 'unknown-eip');
    }
  }

  /**
   * An inventory: an interface since it was attached, or, with the source/destination check, all that an instance had when
   * it was asked for. What a whole list lacks is gone. Nothing in it is unknown, so it opens no door.
   */
  list(change: Change): void {
    const life = this.instances.named(change);
    if (!life || change.instanceId === null) return;
    life.vpcId ??= change.vpcId;
    const listed = change.interfaces.map((detail) => ({ detail, state: this.attachOne(change, detail) }));
    const key = instanceKey(change.account, change.instanceId);
    if (change.sourceDestCheck === null) {
      for (const one of listed) this.addAddresses(change, key, one);
      return;
    }
    life.interfacesListed ??= change.time;
    this.forward(change);
    for (const one of listed) this.replaceAddresses(change, key, one);
    const there = new Set(listed.map(({ state }) => state));
    for (const state of this.ofInstance.get(key) ?? []) if (!there.has(state)) this.leave(change, state);
  }

  /** An attachment followed by another has ended already. */
  detach(change: Change): void {
    for (const eniId of this.namedIn(change)) {
      const state = this.states.get(eniId);
      const { attachmentId } = change;
      const isOver = attachmentId !== null && state?.attachmentId !== null && state?.attachmentId !== attachmentId;
      if (state && !isOver) this.leave(change, state);
    }
  }

  terminate(change: Change): void {
    if (change.instanceId === null) return;
    const key = instanceKey(change.account, change.instanceId);
    for (const state of this.ofInstance.get(key) ?? []) state.owner = null;
    this.ofInstance.delete(key);
  }

  assign(change: Change): void {
    for (const detail of change.interfaces) {
      const state = this.know(change, detail);
      if (state.owner === null && !state.known) this.ownByCaller(change, state);
      for (const address of addressesOf(detail)) {
        state.addresses = withOne(state.addresses, address);
        this.moveElastic(change, state, address);
        if (state.owner !== null) this.instances.give(change, state.owner, address, state.vpcId);
      }
    }
  }

  /** A private address that is assigned elsewhere takes its Elastic IP address along. */
  private moveElastic(change: Change, state: InterfaceState, privateIp: string): void {
    const address = this.elasticBeside.get(besideKey(change, state, privateIp)) ?? '';
    const before = this.withElastic(address);
    if (!before || before === state || !this.removeElastic(before, address)) return;
    before.addresses = without(before.addresses, privateIp);
    if (before.owner !== null) this.instances.takeElastic(change, before.owner, address);
    this.putElastic(change, state, address, privateIp);
    if (state.owner !== null) this.instances.give(change, state.owner, address, state.vpcId);
  }

  /** The network plugin of a node gives addresses to interfaces of its own instance, which may be older than the records. */
  private ownByCaller({ by, account }: Change, state: InterfaceState): void {
    const caller = by?.workload;
    if (!caller?.id.startsWith('i-') || caller.account !== account || state.attachmentId !== null) return;
    const key = instanceKey(account, caller.id);
    if (this.instances.life(key).interfacesKnown) return;
    state.owner = key;
    this.ofInstance.set(key, withOne(this.ofInstance.get(key) ?? [], state));
  }

  unassign(change: Change): void {
    for (const detail of change.interfaces) {
      const state = this.states.get(detail.eniId);
      if (!state) continue;
      for (const address of addressesOf(detail)) {
        state.addresses = without(state.addresses, address);
        if (state.owner !== null) this.instances.take(change, state.owner, address);
      }
    }
  }

  /** The check belongs to the interface, which may get it before it is attached. */
  forward(change: Change): void {
    if (change.sourceDestCheck === null) return;
    if (change.instanceId === null)
      for (const detail of change.interfaces) this.know(change, detail).forwards = !change.sourceDestCheck;
    this.switchForwarding(change, this.instanceNamed(change), !change.sourceDestCheck);
  }

  private switchForwarding({ time }: Change, key: string | null, on: boolean): void {
    if (key !== null) this.instances.life(key).forwarding.push({ time, on });
  }

  /** An automatic public address was switched on or off. */
  renew(change: Change): void {
    const key = this.instanceNamed(change);
    if (key === null) return;
    this.instances.loseAutomatic(change, key, change.interfaces[0]?.eniId ?? null);
    this.instances.openDoor(change, key, 'unknown-eip');
  }

  /** The tenures of the instances a change concerns, by the instance it names or by their interfaces. */
  touchedBy(change: Change): Tenure[] {
    const named = this.instances.tenuresOf(change);
    const owned = this.namedIn(change).flatMap((eniId) => {
      const state = this.states.get(eniId);
      if (!state || state.owner === null) return [];
      const addresses = [...state.addresses, ...state.elastic];
      return this.instances.life(state.owner).tenures.filter(({ address }) => addresses.includes(address));
    });
    return [...named, ...owned];
  }

  /** Key of the instance a change concerns, by its id or by an interface attached to it. */
  instanceNamed(change: Change): string | null {
    if (change.instanceId !== null) return instanceKey(change.account, change.instanceId);
    const [eniId = ''] = this.namedIn(change);
    return this.states.get(eniId)?.owner ?? null;
  }

  private complete(state: InterfaceState, detail: InterfaceDetail): void {
    state.known = true;
    for (const address of addressesOf(detail)) state.addresses = withOne(state.addresses, address);
  }

  private replaceAddresses(change: Change, key: string, listed: ListedState): void {
    const { detail, state } = listed;
    const addresses = addressesOf(detail);
    for (const address of state.addresses) {
      if (addresses.includes(address)) continue;
      state.addresses = without(state.addresses, address);
      this.instances.take(change, key, address);
    }
    state.known = true;
    this.addAddresses(change, key, listed);
  }

  private addAddresses(change: Change, key: string, { detail, state }: ListedState): void {
    for (const address of addressesOf(detail)) {
      state.addresses = withOne(state.addresses, address);
      this.instances.give(change, key, address, state.vpcId);
    }
  }

  private attachOne(change: Change, detail: InterfaceDetail): InterfaceState {
    const state = this.know(change, detail);
    if (change.instanceId === null) return state;
    const key = instanceKey(change.account, change.instanceId);
    if (state.owner !== key) this.leave(change, state);
    state.owner = key;
    this.ofInstance.set(key, withOne(this.ofInstance.get(key) ?? [], state));
    if (this.ofInstance.get(key)?.length === 2) this.instances.getSecondInterface(change, key);
    state.attachmentId = detail.attachmentId ?? change.attachmentId;
    if (state.forwards) this.switchForwarding(change, key, true);
    if (state.attachmentId !== null) this.attachments.set(state.attachmentId, detail.eniId);
    for (const address of [...state.addresses, ...state.elastic])
      this.instances.give(change, key, address, state.vpcId);
    return state;
  }

  private leave(change: Change, state: InterfaceState): void {
    const { owner } = state;
    if (owner === null) return;
    state.owner = null;
    const others = without(this.ofInstance.get(owner) ?? [], state);
    this.ofInstance.set(owner, others);
    if (state.forwards && !others.some(({ forwards }) => forwards)) this.switchForwarding(change, owner, false);
    for (const address of state.addresses) this.instances.take(change, owner, address);
    for (const address of state.elastic) this.instances.takeElastic(change, owner, address);
  }

  private namedIn({ attachmentId, interfaces }: Change): string[] {
    const attached = attachmentId === null ? undefined : this.attachments.get(attachmentId);
    return attached === undefined ? interfaces.map(({ eniId }) => eniId) : [attached];
  }
}

function besideKey({ account, region }: Change, { vpcId }: InterfaceState, privateIp: string): string {
  return `${vpcId ?? `${account}/${region}`} ${privateIp}`;
}

function addressesOf({ privateIps, ipv6, prefixes }: InterfaceDetail): string[] {
  return [...privateIps, ...ipv6, ...prefixes];
}
