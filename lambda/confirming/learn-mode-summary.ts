import { FINDING_TYPE_TABLE } from '../detection/findings/finding-types';
import type { Settings, TrustedNetwork } from '../detection/model/settings';
import { modeOf } from '../judging/mode';
import type { OpenFinding } from '../store/open-findings';

/** Findings of accounts in `learn` mode, and declarations that would explain them where the address is the organization's own. */
export interface LearnModeSummary {
  /** ISO 8601. */
  readonly at: string;
  readonly findings: number;
  /** Those that explain the most workloads first. To be declared only where the address is known to be the organization's own. */
  readonly declarations: readonly Declaration[];
  /** The first findings, by id. */
  readonly list: readonly Pick<OpenFinding, 'id' | 'type' | 'severity' | 'title' | 'firstSeen'>[];
}

export interface Declaration {
  /** As an entry of the setting `trustedNetworks`. */
  readonly declare: TrustedNetwork;
  /** Findings it would explain. */
  readonly findings: number;
  readonly workloads: number;
}

const MOST_LISTED = 1_000;
const MOST_DECLARATIONS = 50;

/** Sums up the open findings of accounts in `learn` mode. `now`: epoch milliseconds. */
export function learnModeSummary(open: readonly OpenFinding[], settings: Settings, now: number): LearnModeSummary {
  const learned = open.filter((finding) => modeOf(finding, accountsIn(finding), settings) === 'learn');
  return {
    at: new Date(now).toISOString(),
    findings: learned.length,
    declarations: declarationsFor(learned).slice(0, MOST_DECLARATIONS),
    list: learned
      .slice(0, MOST_LISTED)
      .map(({ id, type, severity, title, firstSeen }) => ({ id, type, severity, title, firstSeen })),
  };
}

function declarationsFor(learned: readonly OpenFinding[]): Declaration[] {
  const byAddress = new Map<string, OpenFinding[]>();
  for (const finding of learned) {
    const { ip, place, type } = finding;
    // Behind an endpoint an address is private to the owner of the endpoint.
    if (ip === null || ip !== place || !FINDING_TYPE_TABLE[type].declarable) continue;
    byAddress.set(ip, [...(byAddress.get(ip) ?? []), finding]);
  }
  const declarations = [...byAddress].map(([ip, findings]) => ({
    declare: {
      cidr: `${ip}/${ip.includes(':') ? 128 : 32}`,
      accounts: [...new Set(findings.flatMap(accountsIn))].sort(),
    },
    findings: findings.length,
    workloads: new Set(findings.flatMap(({ workloads }) => workloads.map(({ account, id }) => `${account}/${id}`)))
      .size,
  }));
  return declarations.sort((a, b) => b.workloads - a.workloads || b.findings - a.findings || byCidr(a, b));
}

function accountsIn({ workloads }: OpenFinding): string[] {
  return workloads.map(({ account }) => account);
}

function byCidr({ declare: a }: Declaration, { declare: b }: Declaration): number {
  return a.cidr < b.cidr ? -1 : 1;
}
