/** Whose accounts are ours. */
export interface Organization {
  /** True when the user listed the accounts; only then is another account foreign. */
  readonly listed: boolean;
  standing(account: string): 'ours' | 'foreign' | 'unknown';
}

/** The accounts the user listed, else those whose records were seen; absence from the latter is unknown, never foreign. */
export function organizationOf(listed: readonly string[], seen: ReadonlySet<string>): Organization {
  const accounts = listed.length > 0 ? new Set(listed) : seen;
  const other = listed.length > 0 ? 'foreign' : 'unknown';
  return { listed: listed.length > 0, standing: (account) => (accounts.has(account) ? 'ours' : other) };
}
