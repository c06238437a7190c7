import { archivedBySuppression } from '../detection/findings/suppression';
import type { Finding } from '../detection/model/finding';
import type { Settings } from '../detection/model/settings';
import type { LockTable } from '../store/lock-table';
import { reconcile, type Publish } from './reconcile-findings';

export interface ReportContext {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly publish: Publish;
  /** Current time in epoch milliseconds. */
  readonly now: number;
}

/** Brings the finding on the acts in a partition up to date; one that a suppression hides is archived. */
export async function reportFinding(
  pk: string,
  { finding, isSuppressed }: { readonly finding: Finding; readonly isSuppressed: boolean },
  context: ReportContext,
): Promise<void> {
  await reconcile(pk, [isSuppressed ? archivedBySuppression(finding, context.settings) : finding], context);
}
