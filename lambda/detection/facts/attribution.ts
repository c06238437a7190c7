import type { Caller, ForeignKey, Issuance } from './facts';
import { workloadKey, type Workload } from '../model/workload';
import type { WorkloadKind } from '../model/workload-kind';

/**
 * How a call was proven to carry a workload's credentials, or (`chained`) those that its session requested; strongest first.
 * `node`: a cluster took the session for that of one of its nodes, and nothing shows that its key was issued to anyone else.
 */
export type ProvenBy = 'scope' | 'delivery' | 'issued-key' | 'node' | 'session' | 'chained';

export interface Proof {
  readonly workload: Workload;
  readonly by: ProvenBy;
  /** The issuance of the call's own key, where it was seen. */
  readonly issuance: Issuance | null;
}

/** Attributes callers to workloads by the issuances seen. Session names prove nothing: the caller of AssumeRole chooses them. */
export class Prover {
  private readonly issuedKeys = new Map<string, Issuance>();
  private readonly issuedSessions = new Map<string, Issuance>();
  private readonly othersSessions = new Map<string, ForeignKey>();
  private readonly kinds: ReadonlyMap<string, WorkloadKind>;

  constructor(
    issuances: Iterable<Issuance>,
    private readonly foreignKeys: ReadonlyMap<string, ForeignKey>,
    kinds: readonly WorkloadKind[],
  ) {
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    for (const issuance of issuances) this.learn(issuance);
    for (const key of foreignKeys.values()) this.othersSessions.set(key.sessionArn, key);
  }

  private learn(issuance: Issuance): void {
    if (!this.kinds.has(issuance.workload.kind)) return;
    if (issuance.accessKeyId !== null) keepEarliest(this.issuedKeys, issuance.accessKeyId, issuance);
    keepEarliest(this.issuedSessions, issuance.sessionArn, issuance);
  }

  /** Null when nothing proves the caller's workload; `isDisproved` is true where something contradicts it. */
  prove(caller: Caller, console = false): Proof | null {
    const issuance = this.issuanceOf(caller);
    const { shown, workload } = caller;
    const named = workload && this.kinds.has(workload.kind) ? workload : null;
    if (named && (shown === 'scope' || shown === 'delivery')) return { workload: named, by: shown, issuance };
    if (issuance) return { workload: issuance.workload, by: 'issued-key', issuance };
    if (this.isDisproved(caller)) return null;
    return named && shown === 'node'
      ? { workload: named, by: shown, issuance: null }
      : this.proveBySession(caller, console);
  }

  /** The workload whose session requested the caller's credentials, directly or through other sessions; null where there is none. */
  proveChained({ accessKeyId }: Caller): Proof | null {
    const seen = new Set<string | null>();
    let key = accessKeyId;
    while (key !== null && !seen.has(key)) {
      seen.add(key);
      const by = this.foreignKeys.get(key)?.by ?? null;
      const proof = by && this.prove(by);
      if (proof) return { workload: proof.workload, by: 'chained', issuance: null };
      key = by?.accessKeyId ?? null;
    }
    return null;
  }

  /**
   * The facts that decide whose a caller's credentials are: one who knows these of all facts, and any others, attributes the
   * caller, and all callers behind it, in the same way.
   */
  evidenceOn(caller: Caller): ReadonlySet<Issuance | ForeignKey> {
    const found = new Set<Issuance | ForeignKey>();
    for (let next: Caller | null = caller; next;) {
      const { accessKeyId, sessionArn } = next;
      const key = this.foreignKeys.get(accessKeyId ?? '');
      next = key && !found.has(key) ? key.by : null;
      for (const fact of [key, this.issuedKeys.get(accessKeyId ?? ''), this.issuedSessions.get(sessionArn)])
        if (fact) found.add(fact);
      const others = this.othersSessions.get(sessionArn);
      if (others) found.add(others);
    }
    return found;
  }

  private issuanceOf({ accessKeyId }: Caller): Issuance | null {
    return (accessKeyId !== null && this.issuedKeys.get(accessKeyId)) || null;
  }

  isDisproved(caller: Caller): boolean {
    return caller.accessKeyId !== null && this.foreignKeys.has(caller.accessKeyId);
  }

  /** A console session has a key of its own, so only its ARN ties it to the workload, unless other callers use that ARN too. */
  private proveBySession(caller: Caller, console: boolean): Proof | null {
    const issuance = this.issuedSessions.get(caller.sessionArn);
    if (!issuance) return null;
    const rule = this.kinds.get(issuance.workload.kind)?.provenBySessionArn;
    const allowed =
      rule === 'always' ||
      (rule === 'legacy' && caller.legacy) ||
      (console && !this.othersSessions.has(caller.sessionArn));
    return allowed ? { workload: issuance.workload, by: 'session', issuance: null } : null;
  }
}

function keepEarliest(issuances: Map<string, Issuance>, key: string, issuance: Issuance): void {
  const kept = issuances.get(key);
  if (!kept || issuance.time < kept.time || (issuance.time === kept.time && orderOf(issuance) < orderOf(kept)))
    issuances.set(key, issuance);
}

function orderOf(issuance: Issuance): string {
  return `${workloadKey(issuance.workload)} ${issuance.id}`;
}
