import type { CallKind } from '../facts/call-texts';
import { Did, type Caller } from '../facts/facts';
import { cidrSet } from '../model/address';
import { isJsonObject, parsedJson, type JsonObject } from '../model/json-field';
import { originOf, type Source } from '../model/origin';
import type { WorkloadKind } from '../model/workload-kind';
import { CHANGE_ACTIONS, GRANT_ACTIONS, ISSUING_ACTIONS, POD_IDENTITY_ACTION } from '../vocabulary';
import { calledResource } from './called-resource';
import { isSignIn, type Person } from './read-person-call';
import { isObjectAction, readFacts, whatItDid, type FactSkip } from './read-facts';
import { readRecord } from './read-record';
import { AWS_INTERNAL, readSource } from './read-source';

const NO_NETWORKS = cidrSet([]);

/**
 * A record in two parts that repeat in many records and can be read once each: the caller (identity, address, endpoint) and
 * the call (action, Region, error, user agent). The sighting is both together, where the call states nothing else.
 */
export interface CallerPart {
  /** Account whose trail has the records. */
  readonly account: string;
  readonly caller: Caller | null;
  /** Flags of `Did` that the caller's records have besides those of their calls. */
  readonly did: number;
  /** The person whose calls they are (see `PersonCall`); null for others. */
  readonly person: Person | null;
  /** Why its calls are no sightings. */
  readonly skip: FactSkip | null;
}

export interface CallPart {
  readonly kind: CallKind;
  readonly did: number;
  /** Records in which the request may be a pre-signed URL state no sighting. */
  readonly presignable: boolean;
}

/** Actions whose records are read for their requests and responses. */
const STATING_ACTIONS: ReadonlySet<string> = new Set([
  ...CHANGE_ACTIONS,
  ...ISSUING_ACTIONS,
  ...Object.values(GRANT_ACTIONS).flat(),
  POD_IDENTITY_ACTION,
]);

/** The members of a record of a call that states nothing but that it was made. */
const NEUTRAL =
  '"eventName":"Neutral","eventSource":"neutral.amazonaws.com","eventID":"neutral","eventTime":"1970-01-01T00:00:00Z"';

/** The record of a call that states nothing else, with the members that show a caller, as JSON. */
export function neutralRecord(members: string): JsonObject | null {
  const record = parsedJson(`{${NEUTRAL},${members}}`);
  return isJsonObject(record) ? record : null;
}

/** A caller, by one of its neutral records; null if the records cannot be read in parts. */
export function readCallerPart(record: unknown, kinds: readonly WorkloadKind[]): CallerPart | null {
  const reading = readRecord(record);
  if ('skip' in reading) return null;
  const { account, source } = reading.record;
  // Which of its calls were passed on depends on the record.
  if (source?.service === AWS_INTERNAL) return null;
  const { facts, skip } = readFacts(reading.record, kinds);
  const [person = null] = facts.flatMap((one) => (one.fact === 'person' ? [one] : []));
  const [fact, ...others] = facts.filter((one) => one.fact !== 'person');
  if (!fact) return { account, caller: null, did: 0, person, skip };
  if (fact.fact !== 'sighting' || others.length > 0) return null;
  return { account, caller: fact.caller, did: fact.did & ~Did.other, person, skip };
}

/** A public address, without an endpoint. Callers that differ in it alone differ in nothing else. */
export type PublicSource = Source & { readonly ip: string };

/** The source of a record, by its members; null unless it is a public address without an endpoint. */
export function publicSourceOf({
  sourceIPAddress,
  vpcEndpointId,
  vpcEndpointAccountId,
}: JsonObject): PublicSource | null {
  const source = readSource(sourceIPAddress, null, vpcEndpointId, vpcEndpointAccountId);
  if (!source || source.ip === null || source.endpointId !== null || source.endpointAccount !== null) return null;
  return originOf(source, NO_NETWORKS).kind === 'public' ? { ...source, ip: source.ip } : null;
}

/** The call of a record; null if it may state more than that the call was made, or cannot be read in parts. */
export function readCallPart(value: JsonObject, kinds: readonly WorkloadKind[]): CallPart | null {
  const reading = readRecord(value);
  if ('skip' in reading || STATING_ACTIONS.has(reading.record.eventName)) return null;
  if (isSignIn(reading.record.eventSource)) return null;
  const { region, eventSource: source, eventName: name, errorCode, userAgent } = reading.record;
  return {
    kind: { region, source, name, errorCode, userAgent },
    did: whatItDid({ ...reading.record, source: null, fromConsole: false }, kinds),
    presignable: isObjectAction(source, name),
  };
}

/** What a call was about, by its record's `requestParameters` and `resources`, as JSON. */
export function resourceOf({ source }: CallKind, request: string, resources: string): string | null {
  return calledResource({ eventSource: source, request: parsedJson(request), resources: parsedJson(resources) });
}
