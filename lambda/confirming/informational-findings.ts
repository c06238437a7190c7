import * as z from 'zod';
import type { Finding } from '../detection/model/finding';
import { suppressedBy } from '../detection/findings/suppression';
import type { Peers } from '../detection/judge/peers';
import { informedOf } from '../detection/findings/informational-findings';
import { workloadKey, type Workload } from '../detection/model/workload';
import { GONE, saveClaims, type ClaimsSaved } from '../store/published-rows';
import { partition, SORT_KEYS } from '../store/table-schema';
import type { Judged } from '../judging/judge-workloads';
import type { LockTable } from '../store/lock-table';
import { reconcile, type ReconcileContext } from './reconcile-findings';
import { compareText } from '../detection/model/compare-text';

/** A workload that can report an informational finding, and its rank: the least one does. */
const REPORTER = z.object({
  workload: z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() }),
  least: z.string(),
});
type Reporter = z.infer<typeof REPORTER>;

export interface InformationalResult {
  readonly saved: ClaimsSaved;
  readonly isPublished: boolean;
  /** Workloads that report, or reported, a finding of this one first: they must be confirmed as well. */
  readonly concerned: readonly Workload[];
}

/** Publishes informational findings, each by the earliest of the workloads that can report it. */
export async function publishInformational(
  { workload, kept, judgement }: Judged,
  around: Peers,
  context: ReconcileContext,
  { expires, mine }: { readonly expires: number; readonly mine: number | null },
): Promise<InformationalResult> {
  const informational = informedOf([{ judgement, peers: around }])
    .map(({ finding }) => finding)
    .filter((finding) => !suppressedBy(finding, around.settings.suppressions));
  const findings = new Map(informational.map((finding) => [partition.informational(finding.id), finding]));
  const claims = new Map([...findings].map(([pk, finding]) => [pk, JSON.stringify(reporterOf(finding, workload))]));
  const saved = await saveClaims(context.table, workload, claims, {
    sk: SORT_KEYS.informationalClaims,
    expires,
    item: kept(SORT_KEYS.informationalClaims),
    mine,
  });
  const concerned: Workload[] = [];
  let isPublished = false;
  for (const pk of new Set([...findings.keys(), ...saved.places])) {
    const first = await firstReporter(pk, context.table);
    const finding = findings.get(pk);
    if (first && workloadKey(first.workload) !== workloadKey(workload)) {
      if (saved.places.includes(pk)) concerned.push(first.workload);
    } else if (await reconcile(pk, finding ? [finding] : [], context)) isPublished = true;
  }
  return { saved, isPublished: isPublished, concerned };
}

function reporterOf({ firstSeen, evidence }: Finding, workload: Workload): Reporter {
  return { workload, least: `${firstSeen} ${evidence.join(' ')} ${workloadKey(workload)}` };
}

async function firstReporter(pk: string, table: LockTable): Promise<Reporter | null> {
  const items = await table.query(pk, SORT_KEYS.claim);
  const reporters = items.flatMap(({ body }) => (body === GONE ? [] : [REPORTER.parse(JSON.parse(body))]));
  return reporters.sort((a, b) => compareText(a.least, b.least))[0] ?? null;
}
