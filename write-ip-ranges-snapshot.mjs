// Writes the address ranges that ship with the package: node write-ip-ranges-snapshot.mjs IP-RANGES.JSON
import { readFile, writeFile } from 'node:fs/promises';

const [path = ''] = process.argv.slice(2);
const { createDate, prefixes, ipv6_prefixes: ipv6Prefixes } = JSON.parse(await readFile(path, 'utf8'));
const groups = new Map();
for (const { ip_prefix: ipv4, ipv6_prefix: ipv6, region, service, network_border_group: group } of [
  ...prefixes,
  ...ipv6Prefixes,
]) {
  const key = `${region} ${service} ${group}`;
  groups.set(key, [...(groups.get(key) ?? []), ipv4 ?? ipv6]);
}
const lines = [...groups].map(([key, cidrs]) => `${key} ${cidrs.sort().join(' ')}\n`);
const head = `https://ip-ranges.amazonaws.com/ip-ranges.json ${createDate}\n`;
await writeFile('bin/files/ip-ranges-snapshot.txt', head + lines.sort().join(''));
