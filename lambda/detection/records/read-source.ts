import { canonicalAddress, cidrSet, isInterconnect, isPrivateAddress } from '../model/address';
import { accountIdOf } from '../model/json-field';
import type { Source } from '../model/origin';

export const AWS_INTERNAL = 'AWS Internal';

/** A service's DNS name. The suffixes are those of the SDKs' partition list: commercial and GovCloud, China, the ISO partitions, Europe. */
const SERVICE =
  /^[a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

const ENDPOINT_ID = /^vpce-[0-9a-z]+$/i;

/**
 * The source of a recorded call; null when it names neither an address nor a service. `invokedBy` is the identity's, the
 * other parameters are the record's fields of that name.
 */
export function readSource(
  sourceIPAddress: unknown,
  invokedBy: string | null,
  vpcEndpointId: unknown,
  vpcEndpointAccountId: unknown,
): Source | null {
  if (typeof sourceIPAddress !== 'string') return null;
  const endpointId = endpointIdOf(vpcEndpointId);
  const endpointAccount = accountIdOf(vpcEndpointAccountId);
  const ip = addressIn(sourceIPAddress);
  if (ip === null) {
    const service = serviceOf(sourceIPAddress);
    if (service === null) return null;
    return { ip, service, attributed: namesService(invokedBy, service), endpointId, endpointAccount };
  }
  if (isInterconnect(ip))
    return { ip: null, service: 'AWS interconnect', attributed: true, endpointId, endpointAccount };
  return { ip, service: null, attributed: false, endpointId, endpointAccount };
}

const NO_MORE = cidrSet([]);
/** Longer texts are no list of a few proxies. */
const LONGEST = 1_000;
const HAS_MORE_THAN_ADDRESS = /[\s,/[\]"]|\.\d+:\d/;
/** `203.0.113.7:443`, `[2001:db8::1]:443`, `"203.0.113.7"`, `203.0.113.7/32`. */
const DRESSED =
  /^[\s"/]*(?:\[(?<v6>[0-9a-f:.]+)\](?::\d{1,5})?|(?<v4>\d[\d.]*)(?::\d{1,5})?|(?<other>[0-9a-f:.]+))(?:\/32|\/128)?[\s"]*$/i;

/**
 * The address in `sourceIPAddress`, also as log pipelines write it: with blanks, a port or a prefix length, or in a list of
 * proxies if all are the same or only one is public. Null where that is ambiguous.
 */
function addressIn(text: string): string | null {
  const exact = canonicalAddress(text);
  if (exact !== null || text.length > LONGEST || !HAS_MORE_THAN_ADDRESS.test(text)) return exact;
  const addresses = new Set(text.split(',').map(undressed));
  if (addresses.size === 1) return [...addresses][0] ?? null;
  const candidates = [...addresses].filter((one) => one === null || !isPrivateAddress(one, NO_MORE));
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function undressed(text: string): string | null {
  const { v6, v4, other } = DRESSED.exec(text)?.groups ?? {};
  return canonicalAddress(v6 ?? v4 ?? other ?? '');
}

/** Lower-case DNS name of a service, or `AWS Internal` for that and its `AWS Internal/3` forms. */
function serviceOf(name: string): string | null {
  if (name === AWS_INTERNAL || name.startsWith(`${AWS_INTERNAL}/`)) return AWS_INTERNAL;
  const lowerCase = name.toLowerCase();
  return SERVICE.test(lowerCase) ? lowerCase : null;
}

function namesService(invokedBy: string | null, service: string): boolean {
  return invokedBy !== null && serviceOf(invokedBy) === service;
}

function endpointIdOf(value: unknown): string | null {
  return typeof value === 'string' && ENDPOINT_ID.test(value) ? value : null;
}
