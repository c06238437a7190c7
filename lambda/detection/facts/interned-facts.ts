import { joinedKey } from '../model/joined-key';
import { isSameCaller } from './caller-keys';
import type { Caller, Change, InterfaceDetail, Issuance } from './facts';
import type { Source } from '../model/origin';
import { workloadKey, type Workload } from '../model/workload';

/** What is shared is forgotten when there is so much of a kind: later facts share it anew. */
const MOST = 50_000;
const NONE: readonly never[] = [];
const NO_ATTRIBUTES: Issuance['attributes'] = {};

/** Makes copies of facts that share what is equal in them, as most of it is: of an account's, a workload's, a caller's facts. */
export class InternedFacts {
  readonly #texts = new Map<string, string>();
  readonly #workloads = new Map<string, Workload>();
  readonly #sources = new Map<string, Source>();
  readonly #callers = new Map<string, Caller>();

  text<T extends string>(text: T): T;
  text<T extends string>(text: T | null): T | null;
  text(text: string | null): string | null {
    return text === null ? null : shared(this.#texts, text, text);
  }

  /** One that many facts have. */
  commonCaller(caller: Caller): Caller {
    const { accessKeyId, sessionArn, source } = caller;
    const key = joinedKey(accessKeyId ?? sessionArn, source.ip ?? source.service);
    const known = this.#callers.get(key);
    if (known && isSameCaller(known, caller)) return known;
    this.#callers.delete(key);
    return shared(this.#callers, key, this.caller(caller));
  }

  caller({ sessionArn, accessKeyId, workload, shown, delivery, legacy, source, region }: Caller): Caller {
    return {
      sessionArn: this.text(sessionArn),
      accessKeyId,
      workload: workload && this.#workload(workload),
      shown,
      delivery: this.text(delivery),
      legacy,
      source: this.#source(source),
      region: this.text(region),
    };
  }

  issuance(issuance: Issuance): Issuance {
    const { asked, attributes, workload, sessionArn, issuer, region } = issuance;
    return {
      fact: issuance.fact,
      id: issuance.id,
      eventId: issuance.eventId,
      time: issuance.time,
      workload: this.#workload(workload),
      sessionArn: this.text(sessionArn),
      accessKeyId: issuance.accessKeyId,
      expires: issuance.expires,
      issuer: this.text(issuer),
      asked: asked && { source: this.#source(asked.source), what: this.text(asked.what) },
      region: this.text(region),
      attributes: Object.keys(attributes).length === 0 ? NO_ATTRIBUTES : attributes,
    };
  }

  change(change: Change): Change {
    return {
      fact: change.fact,
      id: change.id,
      eventId: change.eventId,
      time: change.time,
      partition: this.text(change.partition),
      account: this.text(change.account),
      region: this.text(change.region),
      action: this.text(change.action),
      by: change.by && this.commonCaller(change.by),
      instanceId: change.instanceId,
      interfaces: this.#list(change.interfaces, (one) => this.#interface(one)),
      allocationIds: this.#list(change.allocationIds),
      associationIds: this.#list(change.associationIds),
      attachmentId: change.attachmentId,
      publicIps: this.#list(change.publicIps),
      natGatewayId: change.natGatewayId,
      endpointIds: this.#list(change.endpointIds),
      vpcId: this.text(change.vpcId),
      subnetId: this.text(change.subnetId),
      transferTo: change.transferTo,
      sourceDestCheck: change.sourceDestCheck,
      eksNode: change.eksNode,
      cidrs: this.#list(change.cidrs),
    };
  }

  #interface({ eniId, attachmentId, vpcId, subnetId, privateIps, ipv6, prefixes }: InterfaceDetail): InterfaceDetail {
    return {
      eniId,
      attachmentId,
      vpcId: this.text(vpcId),
      subnetId: this.text(subnetId),
      privateIps: this.#list(privateIps),
      ipv6: this.#list(ipv6),
      prefixes: this.#list(prefixes),
    };
  }

  #list<T>(list: readonly T[], copy: (one: T) => T = same): readonly T[] {
    return list.length === 0 ? NONE : list.map(copy);
  }

  #workload(workload: Workload): Workload {
    const key = workloadKey(workload);
    return this.#workloads.get(key) ?? shared(this.#workloads, key, workload);
  }

  #source(source: Source): Source {
    const { ip, service, attributed, endpointId, endpointAccount, cluster } = source;
    const key = `${ip ?? service ?? ''} ${attributed} ${endpointId ?? ''} ${endpointAccount ?? ''} ${cluster ?? ''}`;
    return this.#sources.get(key) ?? shared(this.#sources, key, source);
  }
}

/** The caller with another access key. One literal instead of spreads, for speed. */
export function withKey(caller: Caller, accessKeyId: string | null): Caller {
  const { sessionArn, workload, shown, delivery, legacy, source, region } = caller;
  return { sessionArn, accessKeyId, workload, shown, delivery, legacy, source, region };
}

/** What is known under the key, or the value, which is known from then on. */
function shared<T>(known: Map<string, T>, key: string, value: T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST) known.clear();
  known.set(key, value);
  return value;
}

function same<T>(one: T): T {
  return one;
}
