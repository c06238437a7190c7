/** What the records show about an organisation. */
export interface SeenOrganization {
  readonly records: number;
  /** Accounts whose records were read. */
  readonly accounts: readonly string[];
  /** Public addresses that nothing explains, with the number of workloads that have no other kind. */
  readonly egress: ReadonlyMap<string, number>;
}

/** Workloads that make an address a candidate. */
const FEWEST_WORKLOADS = 2;
const MOST_CANDIDATES = 20;

/** A settings file with comments: the accounts seen, and networks that may be the organisation's own. */
export function initialSettings({ records, accounts, egress }: SeenOrganization): string {
  const candidates = [...egress]
    .filter(([, workloads]) => workloads >= FEWEST_WORKLOADS)
    .sort(([one, most], [other, more]) => more - most || (one < other ? -1 : 1))
    .slice(0, MOST_CANDIDATES);
  const lines = [
    '{',
    `  // Written by \`credlock init\` from ${records} records. All settings: docs/settings.md.`,
    '',
    '  // The accounts of your organisation; all others are foreign. Remove what is not yours, add what is missing here.',
    `  "organizationAccounts": ${listOf(accounts)},`,
    '',
    '  // Networks that your workloads leave by: proxy, VPN, Direct Connect. Move those in that you know to be yours.',
    ...candidates.map(([ip, workloads]) => `  // ${declaration(ip)}, an address of ${workloads} workloads`),
    ...(candidates.length === 0 ? ['  // No candidate was seen.'] : []),
    '  "trustedNetworks": []',
    '}',
    '',
  ];
  return lines.join('\n');
}

function listOf(accounts: readonly string[]): string {
  const quoted = [...accounts].sort().map((account) => `    ${JSON.stringify(account)}`);
  return quoted.length === 0 ? '[]' : `[\n${quoted.join(',\n')}\n  ]`;
}

function declaration(ip: string): string {
  return JSON.stringify({ cidr: `${ip}/${ip.includes(':') ? 128 : 32}`, why: 'egress of …' });
}
