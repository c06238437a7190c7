import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lies beside the bundle. A line for each Region, service and border group with its networks; the first has source and date. */
const FILE = join(__dirname, 'ip-ranges-snapshot.txt');

/** The address ranges that ship with the package, in the form of AWS's ip-ranges.json. */
export function ipRangesSnapshot(): { readonly source: string; readonly json: unknown } {
  const [head = '', ...groups] = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  const [source = '', createDate] = head.split(' ');
  const prefixes: object[] = [];
  const ipv6Prefixes: object[] = [];
  for (const group of groups) {
    const [region, service, borderGroup, ...cidrs] = group.split(' ');
    const shared = { region, service, network_border_group: borderGroup };
    for (const cidr of cidrs) {
      if (cidr.includes(':')) ipv6Prefixes.push({ ...shared, ipv6_prefix: cidr });
      else prefixes.push({ ...shared, ip_prefix: cidr });
    }
  }
  return { source, json: { createDate, prefixes, ipv6_prefixes: ipv6Prefixes } };
}
