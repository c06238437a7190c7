import type { FindingOrigin, LockEntry } from '../../lambda/detection/model/finding';
import { OWNERS } from '../terminal/labels';

/** `originText` for the origins in findings. */
export function placeText({ kind, ip, endpointId, service }: LockEntry['origin']): string {
  if (kind === 'endpoint') return `${endpointId ?? ''}/${ip ?? ''}`;
  return ip ?? service ?? '';
}

/** The owner of an origin with its account, or else its Region: `AWS eu-west-1`. */
export function ownerText({ account, region, ownership }: FindingOrigin): string {
  return [OWNERS[ownership], account ?? region].filter((one) => one !== null).join(' ');
}
