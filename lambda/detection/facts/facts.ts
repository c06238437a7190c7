import type { Source } from '../model/origin';
import type { Workload } from '../model/workload';
import type { ChangeAction } from '../vocabulary';

/**
 * Facts are what records show about credentials and addresses: immutable, and merged commutatively, associatively and
 * idempotently (`FactSet`). Times are event times in epoch milliseconds.
 */
export type Fact = Issuance | ForeignKey | Grant | Sighting | Change | PersonCall;

/** Credentials issued to a workload's session. */
export interface Issuance {
  readonly fact: 'issuance';
  /** account + (sharedEventID ?? eventID) + workload */
  readonly id: string;
  readonly eventId: string;
  readonly time: number;
  readonly workload: Workload;
  readonly sessionArn: string;
  readonly accessKeyId: string | null;
  readonly expires: number | null;
  /** `ec2.amazonaws.com`, `ecs-tasks.amazonaws.com`, … */
  readonly issuer: string;
  /** The issuing call, for kinds whose workloads ask for their credentials themselves; else null. */
  readonly asked: { readonly source: Source; readonly what: string } | null;
  /** The workload's Region where the record proves it (never the endpoint called). */
  readonly region: string | null;
  /** Details of the workload for people (cluster, namespace, …). */
  readonly attributes: Readonly<Record<string, string>>;
}

/** An access key issued to a caller that is no workload: disproves sessions that only look like one, and shows role chaining. */
export interface ForeignKey {
  readonly fact: 'foreign-key';
  readonly id: string;
  readonly eventId: string;
  readonly time: number;
  readonly accessKeyId: string;
  readonly sessionArn: string;
  /** The session (role chaining) or user that asked for the key; null for SAML and the like. */
  readonly by: Caller | null;
}

/** A principal that a caller made, or credentials that it gave, other than a role session's: who uses them acts for that caller. */
export interface Grant {
  readonly fact: 'grant';
  readonly id: string;
  readonly eventId: string;
  readonly time: number;
  /** As `principalsOf` names it. */
  readonly to: string;
  readonly by: Caller;
}

/** The first call of a UTC day that a person, or software with a person's credentials, made from a public address. */
export interface PersonCall {
  readonly fact: 'person';
  /** account + address + day */
  readonly id: string;
  readonly eventId: string;
  readonly time: number;
  readonly account: string;
  readonly address: string;
  /** The ARN of the user or session, or the name of who signed in. */
  readonly who: string;
}

/** The identity behind a call. */
export interface Caller {
  /** The ARN of the session, or of the user. */
  readonly sessionArn: string;
  readonly accessKeyId: string | null;
  /** The workload the call names, by `inScopeOf`, IMDS delivery or the shape of the session name; null if it names none. */
  readonly workload: Workload | null;
  /** How the record itself ties the call to that workload: strongest first; `node`: as a node of a cluster. */
  readonly shown: 'scope' | 'delivery' | 'node' | 'shape' | 'none';
  /** `1.0` = IMDSv1, `2.0` = IMDSv2. */
  readonly delivery: string | null;
  /** eventVersion before 1.08, where the fields that prove a workload did not exist yet. */
  readonly legacy: boolean;
  readonly source: Source;
  /** The Region in the `inScopeOf` ARN, or of the cluster whose node it is. */
  readonly region: string | null;
}

/** Bit flags for the actions of a sighting's calls, combined over the hour. */
export const Did = {
  /** Any action that cannot be relayed. */
  other: 1,
  /** sts:GetCallerIdentity, which a relay may call for the workload. */
  callerIdentity: 2,
  /** A console session made with the credentials. */
  console: 4,
  /** A call of a workload that signs in to EKS clusters, as their nodes do. */
  eksNode: 8,
  /** The request for credentials of a workload that asks for them itself. */
  issuance: 16,
  /** Data calls that services of AWS pass on without naming themselves, such as image pulls; nothing else sets only this. */
  passedOn: 32,
} as const;

/** One call for a finding's list of events; `what` is interned. */
export interface EventRef {
  readonly time: number;
  readonly id: string;
  /** Written by `callText`, read by `callWords`. */
  readonly what: string;
}

/** A session, key and origin seen in one UTC hour, with the earliest event of that hour. */
export interface Sighting {
  readonly fact: 'sighting';
  readonly caller: Caller;
  readonly did: number;
  readonly event: EventRef;
}

/**
 * Facts that come from EC2 or AWS Config instead of a record: the state of resources and its beginning. `inventoryFacts`
 * makes them; their content shows what they list (a gateway, endpoints, an allocation, an automatic public address, an instance's interfaces).
 */
export const INVENTORY = 'Inventory';

/** True for ids of inventory facts, for which there is no record to look up. */
export function isInventoryId(eventId: string): boolean {
  return eventId.startsWith('inventory of ');
}

/** An elastic network interface as a record describes it. */
export interface InterfaceDetail {
  readonly eniId: string;
  readonly attachmentId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  /** Canonical private IPv4 addresses. */
  readonly privateIps: readonly string[];
  /** Canonical IPv6 addresses. */
  readonly ipv6: readonly string[];
  /** Delegated prefixes (`10.0.1.16/28`, `2600:…/80`). */
  readonly prefixes: readonly string[];
}

/** A change of addresses or of an instance's state: one fact for each record and instance named in it. */
export interface Change {
  readonly fact: 'change';
  /** account + (sharedEventID ?? eventID) + instance */
  readonly id: string;
  readonly eventId: string;
  readonly time: number;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly action: ChangeAction | typeof INVENTORY;
  /** The session or user that made the change; null for services. */
  readonly by: Caller | null;
  /** Of an instance, a task, or a function (see `functionEntity`). */
  readonly instanceId: string | null;
  readonly interfaces: readonly InterfaceDetail[];
  readonly allocationIds: readonly string[];
  readonly associationIds: readonly string[];
  readonly attachmentId: string | null;
  /** Canonical public addresses named in the record. */
  readonly publicIps: readonly string[];
  readonly natGatewayId: string | null;
  readonly endpointIds: readonly string[];
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  /** Account an address is transferred to (EnableAddressTransfer). */
  readonly transferTo: string | null;
  /** False when the change switches the source/destination check off (the instance forwards other hosts' traffic). */
  readonly sourceDestCheck: boolean | null;
  /** True when the record tags the instance as a node of an EKS cluster. */
  readonly eksNode: boolean;
  /** BYOIP ranges named in the record. */
  readonly cidrs: readonly string[];
}

/** What a change states beside its action, time and place, where it names nothing. */
export const NO_DETAILS: Omit<
  Change,
  'fact' | 'id' | 'eventId' | 'time' | 'partition' | 'account' | 'region' | 'action'
> = {
  by: null,
  instanceId: null,
  interfaces: [],
  allocationIds: [],
  associationIds: [],
  attachmentId: null,
  publicIps: [],
  natGatewayId: null,
  endpointIds: [],
  vpcId: null,
  subnetId: null,
  transferTo: null,
  sourceDestCheck: null,
  eksNode: false,
  cidrs: [],
};
