import type { Judgement, Verdict } from '../judge/judge';
import { originText } from '../model/origin';
import type { WorkloadKey } from '../model/workload';

/** A verdict, and the judgement it belongs to. */
interface Judged {
  readonly verdict: Verdict;
  readonly judgement: Judgement;
}

interface Undeclared {
  readonly workload: WorkloadKey;
  /** See `undeclaredAddress`. */
  readonly undeclared: string | null;
}

/** The unexplained public address of a workload that has no plausible one; null for any other verdict. */
export function undeclaredAddress({ verdict, judgement }: Judged): string | null {
  if (verdict.origin.kind !== 'public' || verdict.rule !== 'unexplained' || verdict.contested) return null;
  const { history, anchors } = judgement;
  if (anchors.has('public-ipv4') || anchors.has('public-ipv6')) return null;
  return `${history.workload.partition} ${originText(verdict.origin)}`;
}

/** The addresses of a workload that may belong to an undeclared egress. */
export function undeclaredAddresses(judgement: Judgement): string[] {
  return judgement.verdicts
    .filter((verdict) => undeclaredAddress({ verdict, judgement }) !== null)
    .map(({ origin }) => originText(origin));
}

/**
 * Verdicts on workloads that share their only addresses, by egress: addresses are of one egress where workloads use several
 * of them. An address that one workload alone uses belongs to none.
 */
export function undeclaredEgresses<T extends Undeclared>(judged: readonly T[]): (readonly T[])[] {
  const byAddress = new Map<string, T[]>();
  const byWorkload = new Map<string, string[]>();
  for (const one of judged) {
    const { undeclared: address, workload } = one;
    if (address === null) continue;
    add(byAddress, address, one);
    add(byWorkload, workload, address);
  }
  const shared = new Map([...byAddress].filter(([, there]) => there.length > 1));
  const besides = (address: string): string[] =>
    (shared.get(address) ?? []).flatMap(({ workload }) => byWorkload.get(workload) ?? []);
  const taken = new Set<string>();
  const egresses: (readonly T[])[] = [];
  for (const start of shared.keys()) {
    if (taken.has(start)) continue;
    const addresses = new Set([start]);
    for (const address of addresses) for (const other of besides(address)) if (shared.has(other)) addresses.add(other);
    for (const address of addresses) taken.add(address);
    egresses.push([...addresses].flatMap((address) => shared.get(address) ?? []));
  }
  return egresses;
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
