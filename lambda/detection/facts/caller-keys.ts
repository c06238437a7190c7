import type { Source } from '../model/origin';
import { joinedKey } from '../model/joined-key';
import { type Workload, workloadKey } from '../model/workload';
import type { Caller } from './facts';
import type { TextNumbers } from './text-numbers';

export function isSameCaller(one: Caller, other: Caller): boolean {
  if (one.sessionArn !== other.sessionArn || one.accessKeyId !== other.accessKeyId || one.shown !== other.shown)
    return false;
  if (one.delivery !== other.delivery || one.legacy !== other.legacy || one.region !== other.region) return false;
  return isSameSource(one.source, other.source) && isSameWorkload(one.workload, other.workload);
}

function isSameSource(one: Source, other: Source): boolean {
  if (one.ip !== other.ip || one.service !== other.service || one.attributed !== other.attributed) return false;
  if (one.endpointId !== other.endpointId || one.endpointAccount !== other.endpointAccount) return false;
  return one.cluster === other.cluster;
}

function isSameWorkload(one: Workload | null, other: Workload | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.id !== other.id || one.kind !== other.kind) return false;
  return one.account === other.account && one.partition === other.partition;
}

export function sourceKey(source: Source): string {
  const { ip, service, attributed, endpointId, endpointAccount, cluster } = source;
  const at = cluster === undefined ? [] : [cluster];
  return joinedKey(ip ?? service, attributed ? 'by' : '', endpointId, endpointAccount, ...at);
}

/** Sessions of one ARN may name their workload in some records and not in others; their calls are sampled separately. */
export function callsKey(caller: Caller): string {
  return joinedKey(caller.workload ? workloadKey(caller.workload) : '-', sourceKey(caller.source));
}

/** The same for callers of a session that differ in their access keys alone. */
function placeKey(caller: Caller): string {
  const { shown, delivery, legacy, region } = caller;
  return joinedKey(shown, delivery, legacy ? 'old' : '', region, callsKey(caller));
}

/** Different for callers of one session. Short, as there is one for each. */
export function rowKey(caller: Caller, places: TextNumbers): string {
  return joinedKey(caller.accessKeyId, String(places.of(placeKey(caller))));
}
