import type { Caller, ForeignKey, Issuance } from './facts';
import type { FactList } from './packed-facts';
import { TextIndex } from './text-index';
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
  /** Its index. */
  readonly issued: number | null;
}

interface Indexed {
  readonly issuance: Issuance;
  readonly index: number;
}

/** Makes the issuance anew when it is asked for, as it may be packed. */
class IssuedProof implements Proof {
  constructor(
    readonly by: ProvenBy,
    readonly workload: Workload,
    private readonly issuances: FactList<Issuance>,
    readonly issued: number,
  ) {}

  get issuance(): Issuance | null {
    return this.issuances.at(this.issued) ?? null;
  }
}

/** Attributes callers to workloads by the issuances seen. Session names prove nothing: the caller of AssumeRole chooses them. */
export class Prover {
  private readonly issuedKeys: TextIndex;
  private readonly issuedSessions: TextIndex;
  private readonly othersSessions = new Map<string, ForeignKey>();
  private readonly kinds: ReadonlyMap<string, WorkloadKind>;

  constructor(
    private readonly issuances: FactList<Issuance>,
    private readonly foreignKeys: ReadonlyMap<string, ForeignKey>,
    kinds: readonly WorkloadKind[],
  ) {
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.issuedKeys = new TextIndex((index) => issuances.at(index)?.accessKeyId);
    this.issuedSessions = new TextIndex((index) => issuances.at(index)?.sessionArn);
    let index = 0;
    for (const issuance of issuances) this.learn(issuance, index++);
    for (const key of foreignKeys.values()) this.othersSessions.set(key.sessionArn, key);
  }

  private learn(issuance: Issuance, index: number): void {
    if (!this.kinds.has(issuance.workload.kind)) return;
    const { accessKeyId, sessionArn } = issuance;
    if (accessKeyId !== null) this.keepEarliest(this.issuedKeys, accessKeyId, { issuance, index });
    this.keepEarliest(this.issuedSessions, sessionArn, { issuance, index });
  }

  private keepEarliest(to: TextIndex, text: string, { issuance, index }: Indexed): void {
    const kept = this.issuanceIn(to, text);
    if (!kept || issuance.time < kept.time || (issuance.time === kept.time && orderOf(issuance) < orderOf(kept)))
      to.set(text, index);
  }

  private issuanceIn(of: TextIndex, text: string): Issuance | null {
    return this.issuanceAt(of.get(text));
  }

  private issuanceAt(index: number | undefined): Issuance | null {
    return index === undefined ? null : (this.issuances.at(index) ?? null);
  }

  private proofBy(by: ProvenBy, workload: Workload, issued: number | undefined): Proof {
    return issued === undefined ? unissued(workload, by) : new IssuedProof(by, workload, this.issuances, issued);
  }

  /** Null when nothing proves the caller's workload; `isDisproved` is true where something contradicts it. */
  prove(caller: Caller, console = false): Proof | null {
    const issued = this.issuedTo(caller);
    const { shown, workload } = caller;
    const named = workload && this.kinds.has(workload.kind) ? workload : null;
    if (named && (shown === 'scope' || shown === 'delivery')) return this.proofBy(shown, named, issued);
    const issuance = this.issuanceAt(issued);
    if (issuance) return this.proofBy('issued-key', issuance.workload, issued);
    if (this.isDisproved(caller)) return null;
    return named && shown === 'node' ? unissued(named, shown) : this.proveBySession(caller, console);
  }

  /** The workload whose session requested the caller's credentials, directly or through other sessions; null where there is none. */
  proveChained({ accessKeyId }: Caller): Proof | null {
    const seen = new Set<string | null>();
    let key = accessKeyId;
    while (key !== null && !seen.has(key)) {
      seen.add(key);
      const by = this.foreignKeys.get(key)?.by ?? null;
      const proof = by && this.prove(by);
      if (proof) return unissued(proof.workload, 'chained');
      key = by?.accessKeyId ?? null;
    }
    return null;
  }

  /**
   * The facts that decide whose a caller's credentials are: one who knows these of all facts, and any others, attributes the
   * caller, and all callers behind it, in the same way.
   */
  evidenceOn(caller: Caller): Iterable<Issuance | ForeignKey> {
    const found = new Map<string, Issuance | ForeignKey>();
    for (let next: Caller | null = caller; next;) {
      const { accessKeyId, sessionArn }: Caller = next;
      const key = this.foreignKeys.get(accessKeyId ?? '');
      const issued = [this.issuanceAt(this.issuedTo(next)), this.issuanceIn(this.issuedSessions, sessionArn)];
      next = key && !found.has(key.id) ? key.by : null;
      for (const fact of [key, ...issued, this.othersSessions.get(sessionArn)]) if (fact) found.set(fact.id, fact);
    }
    return found.values();
  }

  /** The index of the issuance of a caller's key. */
  private issuedTo({ accessKeyId }: Caller): number | undefined {
    return accessKeyId === null ? undefined : this.issuedKeys.get(accessKeyId);
  }

  isDisproved(caller: Caller): boolean {
    return caller.accessKeyId !== null && this.foreignKeys.has(caller.accessKeyId);
  }

  /** A console session has a key of its own, so only its ARN ties it to the workload, unless other callers use that ARN too. */
  private proveBySession(caller: Caller, console: boolean): Proof | null {
    const issuance = this.issuanceIn(this.issuedSessions, caller.sessionArn);
    if (!issuance) return null;
    const rule = this.kinds.get(issuance.workload.kind)?.provenBySessionArn;
    const allowed =
      rule === 'always' ||
      (rule === 'legacy' && caller.legacy) ||
      (console && !this.othersSessions.has(caller.sessionArn));
    return allowed ? unissued(issuance.workload, 'session') : null;
  }
}

function unissued(workload: Workload, by: ProvenBy): Proof {
  return { workload, by, issuance: null, issued: null };
}

function orderOf(issuance: Issuance): string {
  return `${workloadKey(issuance.workload)} ${issuance.id}`;
}
