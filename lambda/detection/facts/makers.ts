import type { Caller, Grant, Issuance } from './facts';
import type { FactSet } from './fact-set';
import { principalsOf } from './principals';
import type { Histories, History } from './workload-history';
import { workloadKey, type WorkloadKey } from '../model/workload';
import { compareText } from '../model/compare-text';

/** A call by which a workload's session made a change, or the principal that made it. */
export interface Maker {
  readonly history: History;
  /** The issuance of the session's credentials. */
  readonly issuance: Issuance | null;
  readonly by: Caller;
  readonly time: number;
  /** Null where the session made the change itself, or by other sessions that it requested. */
  readonly grant: Grant | null;
}

/** A caller on the way back from a change, and the call that counts as made by those further back. */
interface Step extends Pick<Maker, 'by' | 'time' | 'grant'> {
  readonly caller: Caller;
}

/** Finds the workloads behind a call: through sessions that requested each other's credentials, and principals that were made. */
export class Makers {
  private readonly grants = new Map<string, Grant[]>();
  private readonly known = new Map<WorkloadKey, History>();

  constructor(
    private readonly facts: FactSet,
    private readonly histories: Histories,
  ) {
    for (const grant of facts.grants.values()) {
      const others = this.grants.get(grant.to);
      if (others) others.push(grant);
      else this.grants.set(grant.to, [grant]);
    }
  }

  /**
   * A session that only looks like a workload's counts as well. What a principal does counts as done where, and when, it was
   * made or got its credentials: its user may be anywhere.
   */
  of({ by, time }: { readonly by: Caller | null; readonly time: number }): Maker[] {
    const found: Maker[] = [];
    const steps: Step[] = by ? [{ caller: by, by, time, grant: null }] : [];
    const seen = new Set<string>();
    for (const step of steps) {
      const workload = this.workloadOf(step.caller);
      if (workload) found.push({ ...workload, by: step.by, time: step.time, grant: step.grant });
      else steps.push(...this.before(step, seen));
    }
    return found.sort(inOrder);
  }

  private workloadOf(caller: Caller): Pick<Maker, 'history' | 'issuance'> | null {
    const { prover } = this.histories;
    const proof = prover.prove(caller);
    const workload = proof?.workload ?? (prover.isDisproved(caller) ? null : caller.workload);
    const history = workload && this.historyOf(workloadKey(workload));
    return history ? { history, issuance: proof?.issuance ?? null } : null;
  }

  private historyOf(key: WorkloadKey): History | undefined {
    const history = this.known.get(key) ?? this.histories.byWorkload.get(key);
    if (history) this.known.set(key, history);
    return history;
  }

  private before(step: Step, seen: Set<string>): Step[] {
    const isNew = (id: string): boolean => !seen.has(id) && seen.add(id).has(id);
    const key = this.facts.foreignKeys.get(step.caller.accessKeyId ?? '');
    const requested = key?.by && isNew(`${key.id} ${step.grant?.id ?? ''}`) ? [{ ...step, caller: key.by }] : [];
    const granted = principalsOf(step.caller, key)
      .flatMap((to) => this.grants.get(to) ?? [])
      .filter(({ time, id }) => time <= step.time && isNew(id));
    return [...requested, ...granted.map((grant) => ({ caller: grant.by, by: grant.by, time: grant.time, grant }))];
  }
}

function inOrder(a: Maker, b: Maker): number {
  return (
    a.time - b.time ||
    compareText(a.history.key, b.history.key) ||
    compareText(a.grant?.eventId ?? '', b.grant?.eventId ?? '')
  );
}
