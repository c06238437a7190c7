import type { Finding, FindingOrigin, LockEntry } from '../../lambda/detection/model/finding';
import { clusterText } from '../../lambda/detection/model/origin';
import { OWNERS } from '../terminal/labels';

/** `placeText` of the core, for the origins in findings. */
export function placeText({ kind, ip, endpointId, service, cluster }: LockEntry['origin']): string {
  if (cluster !== undefined) return `${ip ?? ''} at ${clusterText(cluster)}`;
  if (kind === 'endpoint') return `${endpointId ?? ''}/${ip ?? ''}`;
  return ip ?? service ?? '';
}

/** Where a finding's calls came from: `many origins`, or `no address` where its records name none. */
export function findingPlace(
  { origin, type }: Pick<Finding, 'origin' | 'type'>,
  text: (origin: FindingOrigin) => string = placeText,
): string {
  if (origin) return text(origin);
  return type === 'ManyOrigins' ? 'many origins' : 'no address';
}

/** The owner of an origin with its account, or else its Region: `AWS eu-west-1`. */
export function ownerText({ account, region, ownership }: FindingOrigin): string {
  return [OWNERS[ownership], account ?? region].filter((one) => one !== null).join(' ');
}
