import type { LockEntry } from '../../lambda/detection/model/finding';

/** `originText` for the origins in findings. */
export function placeText({ kind, ip, endpointId, service }: LockEntry['origin']): string {
  if (kind === 'endpoint') return `${endpointId ?? ''}/${ip ?? ''}`;
  return ip ?? service ?? '';
}
