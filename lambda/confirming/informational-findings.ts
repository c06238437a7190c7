import * as z from 'zod';
import type { Finding } from '../detection/model/finding';
import { suppressedBy } from '../detection/findings/suppression';
import type { Peers } from '../detection/judge/peers';
import { informationalFindings } from '../detection/findings/informational-findings';
import { workloadKey, type Workload } from '../detection/model/workload';
import { GONE, saveClaims, type ClaimsSaved } from '../store/published-rows';
import { partition, SORT_KEYS } from '../store/table-schema';
import type { Judged } from '../judging/judge-workloads';
import type { LockTable } from '../store/lock-table';
import { reconcile, type ReconcileContext } from './reconcile-findings';

/** What a workload could tell, and when it first could. */
const TELLER = z.object({
  workload: z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() }),
  least: z.string(),
});
type Teller = z.infer<typeof TELLER>;

export interface ToldOnce {
  readonly saved: ClaimsSaved;
  readonly isSaid: boolean;
  /** Those who were, or are now, the first to tell what this one told: they have to be settled. */
  readonly concerned: readonly Workload[];
}

/** The informational findings: among all workloads that could tell one, the earliest does. */
export async function publishInformational(
  { workload, kept, judgement }: Judged,
  around: Peers,
  clerk: ReconcileContext,
  { expires, mine }: { readonly expires: number; readonly mine: number | null },
): Promise<ToldOnce> {
  const told = informationalFindings([{ judgement, peers: around }]).filter(
    (finding) => !suppressedBy(finding, around.settings.suppressions),
  );
  const findings = new Map(told.map((finding) => [partition.informational(finding.id), finding]));
  const claims = new Map([...findings].map(([pk, finding]) => [pk, JSON.stringify(tellerOf(finding, workload))]));
  const saved = await saveClaims(clerk.table, workload, claims, {
    sk: SORT_KEYS.informationalClaims,
    expires,
    item: kept(SORT_KEYS.informationalClaims),
    mine,
  });
  const concerned: Workload[] = [];
  let isSaid = false;
  for (const pk of new Set([...findings.keys(), ...saved.places])) {
    const first = await firstTeller(pk, clerk.table);
    const finding = findings.get(pk);
    if (first && workloadKey(first.workload) !== workloadKey(workload)) {
      if (saved.places.includes(pk)) concerned.push(first.workload);
    } else if (await reconcile(pk, finding ? [finding] : [], clerk)) isSaid = true;
  }
  return { saved, isSaid, concerned };
}

function tellerOf({ firstSeen, evidence }: Finding, workload: Workload): Teller {
  return { workload, least: `${firstSeen} ${evidence.join(' ')} ${workloadKey(workload)}` };
}

async function firstTeller(pk: string, table: LockTable): Promise<Teller | null> {
  const items = await table.query(pk, SORT_KEYS.claim);
  const tellers = items.flatMap(({ body }) => (body === GONE ? [] : [TELLER.parse(JSON.parse(body))]));
  return tellers.sort((a, b) => (a.least < b.least ? -1 : 1))[0] ?? null;
}
