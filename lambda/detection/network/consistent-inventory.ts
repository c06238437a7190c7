import { INVENTORY, type Change } from '../facts/facts';
import type { FactList } from '../facts/packed-facts';

/**
 * The changes with the inventory facts among them reduced to what no record contradicts. A record shows when an association
 * or assignment was made, so an inventory cannot have it earlier; and what a rejected change made stays rejected, however
 * often EC2 lists it. `rejected`: changes made with credentials that may be stolen.
 */
export function consistentInventory(list: FactList<Change>, rejected: ReadonlySet<Change>): FactList<Change> {
  if (!hasInventory(list)) return list;
  const changes = [...list];
  const records = [...changes.filter(({ action }) => action !== INVENTORY), ...rejected].sort(
    (a, b) => a.time - b.time,
  );
  const made = new Map<string, Making[]>();
  for (const change of records) {
    const isRejected = rejected.has(change);
    const making = { time: change.time, gives: !change.action.startsWith('Unassign'), isRejected };
    // A launch names no public address: an accepted one contradicts nothing that an inventory lists.
    for (const thing of isRejected ? [...thingsOf(change), ...launchedBy(change)] : thingsOf(change)) {
      const others = made.get(thing);
      if (others) others.push(making);
      else made.set(thing, [making]);
    }
  }
  const isTenable = (thing: string, time: number): boolean => {
    const makings = made.get(thing) ?? [];
    const next = makings.find((making) => making.time > time);
    const last = makings.findLast((making) => making.time <= time);
    return !next?.gives && !(last?.gives && last.isRejected);
  };
  return changes.flatMap((change) => (change.action === INVENTORY ? reduced(change, isTenable) : [change]));
}

function hasInventory(changes: Iterable<Change>): boolean {
  for (const { action } of changes) if (action === INVENTORY) return true;
  return false;
}

/** A record that makes (`gives`), or ends, an association, an assignment or a resource. */
interface Making {
  readonly time: number;
  readonly gives: boolean;
  readonly isRejected: boolean;
}

/** What a record makes or unassigns; empty for other records. */
function thingsOf(change: Change): string[] {
  const { action, allocationIds, associationIds, attachmentId, interfaces, publicIps, natGatewayId, endpointIds } =
    change;
  switch (action) {
    case 'AllocateAddress':
    case 'AcceptAddressTransfer':
      return [...allocationIds, ...publicIps];
    case 'AssociateAddress':
      return [...associationIds];
    case 'CreateNatGateway':
    case 'AssociateNatGatewayAddress':
      return [...associationIds, ...allocationIds.map((id) => `${natGatewayId ?? ''} ${id}`)];
    case 'CreateVpcEndpoint':
      return [...endpointIds];
    case 'AttachNetworkInterface':
      return [attachmentId, ...interfaces.map((one) => one.attachmentId)].filter((id) => id !== null);
    case 'AssignPrivateIpAddresses':
    case 'AssignIpv6Addresses':
    case 'UnassignPrivateIpAddresses':
    case 'UnassignIpv6Addresses':
      return interfaces.flatMap((one) =>
        [...one.privateIps, ...one.ipv6, ...one.prefixes].map((address) => addressOn(one.eniId, address)),
      );
    default:
      return [];
  }
}

function launchedBy({ action, instanceId }: Change): string[] {
  return action === 'RunInstances' && instanceId !== null ? [instanceId] : [];
}

function addressOn(eniId: string, address: string): string {
  return `${eniId} ${address}`;
}

/** As far as tenable; none where nothing is left. */
function reduced(change: Change, isTenable: (thing: string, time: number) => boolean): Change[] {
  const { time, allocationIds, associationIds, publicIps, natGatewayId, endpointIds, interfaces } = change;
  const holds = (thing: string): boolean => isTenable(thing, time);
  const own = [change.instanceId ?? [], associationIds, endpointIds, allocationIds, publicIps].flat();
  const routed = natGatewayId === null ? [] : allocationIds.map((id) => `${natGatewayId} ${id}`);
  if (![...own, ...routed].every(holds)) return [];
  const attached = interfaces.filter(({ attachmentId }) => attachmentId === null || holds(attachmentId));
  if (attached.length === 0 && interfaces.length > 0 && change.sourceDestCheck === null) return [];
  const kept = attached.map((one) => {
    const onIt = (address: string): boolean => holds(addressOn(one.eniId, address));
    return {
      ...one,
      privateIps: one.privateIps.filter(onIt),
      ipv6: one.ipv6.filter(onIt),
      prefixes: one.prefixes.filter(onIt),
    };
  });
  return [{ ...change, interfaces: kept }];
}
