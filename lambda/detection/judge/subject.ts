import type { History } from '../facts/workload-history';
import { heldAt } from '../network/tenures-in-time';
import { functionEntity } from '../model/workload';
import { instanceKey, type FunctionConfiguration, type InstanceLife, type NetworkBook } from '../network/network-book';

/** The workload that is judged. */

export interface Subject {
  readonly history: History;
  /** Null where the network book has no such instance. */
  readonly life: InstanceLife | null;
  readonly region: string | null;
  /** Of a function: the VPCs it was put into, in order of time. */
  readonly configurations: readonly FunctionConfiguration[];
  /** By access key (null for calls without one): the Region its credentials belong to, where records show it. */
  readonly keyRegions: ReadonlyMap<string | null, string>;
  /** By its interfaces, else by the NAT gateway it was first seen behind. */
  readonly vpcId: string | null;
}
export function subjectOf(history: History, { book }: { readonly book: NetworkBook }): Subject {
  const { account, id } = history.workload;
  const life = book.instance(account, id);
  const region = regionOf(history) ?? life?.region ?? null;
  return {
    history,
    life,
    region,
    configurations: book.functions.get(instanceKey(account, functionEntity(id))) ?? [],
    keyRegions: keyRegionsOf(history),
    vpcId: life?.vpcId ?? vpcOfFirstNat(history, region, book),
  };
}
/** A workload stays in its VPC, so the first NAT gateway that it is seen behind shows which one that is. */
function vpcOfFirstNat({ workload, sightings }: History, region: string | null, book: NetworkBook): string | null {
  for (const { origin, event, provenBy } of sightings) {
    if (origin.kind !== 'public' || provenBy === 'session') continue;
    const held = heldAt(book.byAddress.get(origin.address), event.time);
    const nat = held.find(({ holder }) => holder.kind === 'nat-gateway');
    if (nat?.account === workload.account && isSameRegion(region, nat.region)) return nat.vpcId;
  }
  return null;
}
/** From the `inScopeOf` ARN or the issuance; never from the endpoint called. */
function regionOf({ sightings, issuances }: History): string | null {
  return (
    sightings.find(({ caller }) => caller.region !== null)?.caller.region ??
    issuances.find(({ region }) => region !== null)?.region ??
    null
  );
}
/** The Region that the credentials were issued for counts more than that of a function's ARN, as replicas at the edge have none. */
function keyRegionsOf({ sightings, issuances }: History): Map<string | null, string> {
  const regions = new Map<string | null, string>();
  for (const { accessKeyId, region } of issuances) if (region !== null) regions.set(accessKeyId, region);
  for (const { accessKeyId, region } of sightings.map(({ caller }) => caller))
    if (region !== null && !regions.has(accessKeyId)) regions.set(accessKeyId, region);
  return regions;
}

/** True unless both are known and differ. Records that leave the Region out have an empty one. */
export function isSameRegion(one: string | null, other: string): boolean {
  return one === null || other === '' || one === other;
}
