import { MOST_SAMPLED, type AddressSample } from '../../lambda/detection/facts/address-sample';
import { cidrSet } from '../../lambda/detection/model/address';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';

/** Reserved for documentation, or no host's. */
const INVENTED = cidrSet([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001:db8::/32',
  '3fff::/20',
]);
/** Workloads of several accounts do not share one address by chance. */
const FEWEST_SESSIONS = 3;

/**
 * A sentence for records whose addresses were replaced, so that findings about addresses mean little; null where they look
 * genuine, or where the address ranges were made for them.
 */
export function anonymisedHint(
  { addresses, sessions, accounts }: AddressSample,
  ipRanges: IpRanges | null,
): string | null {
  // The example does not depend on which thread was faster.
  const invented = addresses.filter((ip) => INVENTED.has(ip)).sort();
  if (invented.some((ip) => ipRanges?.lookup(ip))) return null;
  if (invented.length > addresses.length / 2)
    return `The records look anonymised: of ${sizeText(addresses, 'a sample of ')} source addresses ${invented.length} are reserved for documentation or impossible, such as ${invented[0] ?? ''}. Findings show which addresses differ, not whose they are.`;
  if (addresses.length === 1 && accounts.length > 1 && sessions.length >= FEWEST_SESSIONS)
    return `The records look anonymised: all calls of ${sizeText(sessions, 'at least ')} sessions in ${sizeText(accounts, 'at least ')} accounts show one address, so that theft cannot be seen.`;
  return null;
}

function sizeText({ length }: readonly string[], sampled: string): string {
  return `${length < MOST_SAMPLED ? '' : sampled}${length}`;
}
