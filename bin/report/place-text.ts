import type { LockEntry } from '../../lambda/detection/model/finding';

/** An origin as people write it; `originText` without what the core needs beside it, for the page. */
export function placeText({ kind, ip, endpointId, service }: LockEntry['origin']): string {
  if (kind === 'endpoint') return `${endpointId ?? ''}/${ip ?? ''}`;
  return ip ?? service ?? '';
}
