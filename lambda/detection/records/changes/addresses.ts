import { canonicalAddress, canonicalCidr, isIPv6 } from '../../model/address';
import type { Parameters } from './parameters';

const PUBLIC = ['publicip', 'publicipaddress', 'carrierip', 'customerownedip', 'address'];

/** Canonical public addresses under any of EC2's names for Elastic IPs; `address` is a transferred one. */
export function publicIpsIn(parameters: Parameters): string[] {
  return PUBLIC.some((key) => parameters.has(key))
    ? textsUnder(parameters, (key) => PUBLIC.includes(key), canonicalAddress)
    : [];
}

/** Canonical private IPv4 addresses, of all lists (`privateIpAddressesSet`, `assignedPrivateIpAddressesSet`, …). */
export function privateIpsIn(parameters: Parameters): string[] {
  return textsUnder(parameters, (key) => key.includes('privateip'), ipv4);
}

/** Canonical IPv6 addresses, of all lists (`ipv6AddressesSet`, `assignedIpv6Addresses`, …). */
export function ipv6In(parameters: Parameters): string[] {
  return textsUnder(parameters, (key) => key.includes('ipv6'), ipv6);
}

/** Delegated prefixes of both families (`ipv4PrefixSet`, `assignedIpv6PrefixSet`, …); a count names none. */
export function prefixesIn(parameters: Parameters): string[] {
  return textsUnder(parameters, (key) => key.includes('ipv4prefix') || key.includes('ipv6prefix'), network);
}

/** BYOIP ranges. */
export function cidrsIn(parameters: Parameters): string[] {
  return parameters.has('cidr') ? textsUnder(parameters, (key) => key === 'cidr', network) : [];
}

function textsUnder(
  parameters: Parameters,
  isMeant: (key: string) => boolean,
  read: (text: string) => string | null,
): string[] {
  const found: string[] = [];
  parameters.forEach((texts, key) => {
    if (!isMeant(key)) return;
    for (const text of texts) {
      const value = read(text);
      if (value !== null) found.push(value);
    }
  });
  return found.length < 2 ? found : [...new Set(found)];
}

function ipv4(text: string): string | null {
  const address = canonicalAddress(text);
  return address !== null && !isIPv6(address) ? address : null;
}

function ipv6(text: string): string | null {
  const address = canonicalAddress(text);
  return address !== null && isIPv6(address) ? address : null;
}

/** A bare number or address is no network here. */
function network(text: string): string | null {
  return text.includes('/') ? canonicalCidr(text) : null;
}
