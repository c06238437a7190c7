import type { Finding } from '../detection/model/finding';
import type { Mode, Settings } from '../detection/model/settings';
import type { SeenAccount } from '../store/accounts-seen';
import { isFinal } from './hold';

/**
 * The modes by how much they publish. In every mode findings are judged, stored and kept up to date.
 * - `learn`: only findings that no later fact can explain (`isFinal`), as under `report`; the others are logged, counted and
 *   listed, with the declarations that would suppress most of them
 * - `report`: Security Hub and EventBridge
 * - `live`: these, and SNS
 *
 * A group is published in the highest mode of its workloads' accounts. A published finding is updated and archived where it
 * was published even when the account has gone back to `learn`. When an account's mode is raised, its open findings are
 * published again.
 */
const LEAST_FIRST: readonly Mode[] = ['learn', 'report', 'live'];

/** The mode in which a finding about workloads of these accounts is published. */
export function modeOf(finding: Pick<Finding, 'type'>, accounts: readonly string[], settings: Settings): Mode {
  const mode = highestMode(accounts.map((account) => modeOfAccount(account, settings)));
  return mode === 'learn' && isFinal(finding, settings) ? 'report' : mode;
}

/** The accounts of the workloads a finding is about. */
export function accountsOf({ workload, workloads }: Pick<Finding, 'workload' | 'workloads'>): string[] {
  return (workload ? [workload] : (workloads ?? [])).map(({ account }) => account);
}

const DAY = 86_400_000;

/**
 * The settings with every account in `learn` mode that is still learning: those first seen less than `learnDays` ago, unless
 * `mode` is one for all accounts or names them. `now`: epoch milliseconds.
 */
export function whileLearning(settings: Settings, accounts: readonly SeenAccount[], now: number): Settings {
  const { mode, learnDays } = settings;
  if (typeof mode === 'string') return settings;
  const learners = accounts.filter(({ since }) => since !== null && now < since + learnDays * DAY);
  if (learners.length === 0) return settings;
  const learning = learners.map(({ account }): [string, Mode] => [account, 'learn']);
  return { ...settings, mode: { ...Object.fromEntries(learning), ...mode } };
}

/** The mode of an account: its own, else the default; without either, `live`. */
export function modeOfAccount(account: string, { mode }: Pick<Settings, 'mode'>): Mode {
  if (typeof mode === 'string') return mode;
  return mode[account] ?? mode['default'] ?? 'live';
}

/** `learn` of none. */
export function highestMode(modes: readonly Mode[]): Mode {
  return LEAST_FIRST[Math.max(0, ...modes.map((mode) => LEAST_FIRST.indexOf(mode)))] ?? 'learn';
}
