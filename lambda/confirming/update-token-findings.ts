import { archivedBySuppression } from '../detection/findings/suppression';
import type { Finding } from '../detection/model/finding';
import { organizationOf, type Settings } from '../detection/model/settings';
import { workloadKey, type Workload } from '../detection/model/workload';
import { judgeTokenHolder, type JudgedHolder } from '../judging-tokens/judge-token-holder';
import { holderSubscriptions } from '../judging-tokens/holder-subscriptions';
import type { TokenHolder } from '../judging-tokens/token-holder';
import { addressOwners } from '../kubernetes/address-owner';
import { detectKubernetes } from '../kubernetes/detect-kubernetes';
import { actGroups } from '../kubernetes/tokens/detect-tokens';
import type { IpRanges } from '../detection/model/ip-ranges';
import { ConcurrentChange } from '../store/concurrent-change';
import { partition } from '../store/table-schema';
import { reconcile } from './reconcile-findings';
import type { UpdateContext, UpdateResult } from './update-findings';

/** Rounds with changes after which the attempt is given up. */
const MOST_ROUNDS = 6;

/**
 * Judges the tokens of a pod or account and reconciles its findings with the verdicts. Repeats until a judgement made after the
 * last write changes nothing. `workload`: the holder's.
 */
export async function updateTokenFindings(
  workload: Workload,
  holder: TokenHolder,
  context: UpdateContext,
): Promise<UpdateResult> {
  const { table, settings, ipRanges, now } = context;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const subscriptions = await holderSubscriptions(workload, table, now);
    const judged = await judgeTokenHolder(holder, context, subscriptions);
    await subscriptions.save();
    const findings = tokenFindings(judged, settings, ipRanges);
    const reconciling = { ...context, isComplete: judged.isComplete };
    if (!(await reconcile(partition.workload(workload), findings, reconciling))) {
      context.onConfirmed?.(findings.length);
      return NOTHING_ELSE;
    }
  }
  throw new ConcurrentChange(workloadKey(workload));
}

const NOTHING_ELSE: UpdateResult = { others: [], finish: () => Promise.resolve() };

/** Those that a suppression hides are archived. */
function tokenFindings({ judgement }: JudgedHolder, settings: Settings, ipRanges: IpRanges | null): Finding[] {
  const organization = organizationOf(settings.organizationAccounts, new Set());
  const ownerOf = addressOwners({ book: null, ipRanges, organization });
  const groups = judgement === null ? [] : actGroups(judgement);
  const { findings, suppressed } = detectKubernetes({ groups, settings, ownerOf });
  return [...findings, ...suppressed.map((finding) => archivedBySuppression(finding, settings))];
}
