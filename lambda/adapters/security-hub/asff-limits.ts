import { printable } from '../../detection/model/printable';

/**
 * Limits of the API, in UTF-16 code units, items and bytes. Sources: the doc comments of `AwsSecurityFinding` and its
 * parts in `@aws-sdk/client-securityhub`; for `Other` the user guide's asff-resourcedetails-other page ("fewer than").
 */
export const ASFF_LIMITS = {
  id: 512,
  generatorId: 512,
  title: 256,
  description: 1024,
  remediationText: 512,
  types: 50,
  resources: 32,
  region: 16,
  api: 128,
  serviceName: 128,
  domain: 128,
  productFields: 50,
  productFieldKey: 128,
  productFieldValue: 2048,
  /** No limit is documented for a resource's id; this is the one of a finding's id. */
  resourceId: 512,
  otherDetails: 50,
  otherDetailsKey: 127,
  otherDetailsValue: 1023,
  findingBytes: 240_000,
} as const;

const ELLIPSIS = '…';

/** The beginning of a printable line, at most `most` code units long. */
export function cutEnd(text: string, most: number): string {
  const line = printable(text);
  return line.length <= most ? line : `${whole(line.slice(0, most - 1)).trimEnd()}${ELLIPSIS}`;
}

/** The beginning and the end of a printable line, at most `most` code units long: titles end with the origin. */
export function cutMiddle(text: string, most: number, end: number): string {
  const line = printable(text);
  if (line.length <= most) return line;
  return `${whole(line.slice(0, most - 1 - end)).trimEnd()}${ELLIPSIS}${whole(line.slice(-end)).trimStart()}`;
}

/** As many whole items as fit, at least the first, and how many are left out. */
export function listed(items: readonly string[], most: number, separator = '; '): string {
  const lines = items.map(printable).filter((line) => line !== '');
  const all = lines.join(separator);
  if (all.length <= most) return all;
  if (lines.length === 1) return cutEnd(all, most);
  const more = (left: number): string => `${separator}${ELLIPSIS} and ${left} more`;
  const room = most - more(lines.length).length;
  let text = cutEnd(lines[0] ?? '', room);
  let taken = 1;
  for (const line of lines.slice(1)) {
    if (text.length + separator.length + line.length > room) break;
    text = `${text}${separator}${line}`;
    taken += 1;
  }
  return `${text}${more(lines.length - taken)}`;
}

/** Without a lone surrogate that a cut left at either end. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
