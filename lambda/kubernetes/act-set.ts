import type { KubernetesAct } from './act';

/** Of each severity, of people and of controllers. */
const MOST_KEPT = 201;

/**
 * Acts by the finding they make. Of a finding with many only the earliest are kept, and the latest, so that memory does not grow
 * with the records: in which order and how often they come makes no difference.
 */
export class ActSet {
  private readonly byGroup = new Map<string, Map<string, KeptActs>>();

  /** `isHidden`: of those that a suppression hides as many are kept besides, so that they displace no others. */
  constructor(private readonly isHidden: (act: KubernetesAct) => boolean = () => false) {}

  add(act: KubernetesAct): void {
    const classes = this.byGroup.get(act.group) ?? new Map<string, KeptActs>();
    const name = `${act.severity} ${act.caller?.isController === true} ${this.isHidden(act)}`;
    const kept = classes.get(name) ?? new KeptActs();
    this.byGroup.set(act.group, classes.set(name, kept));
    kept.add(act);
  }

  merge(other: ActSet): void {
    for (const act of other.acts()) this.add(act);
  }

  /** All that are kept. */
  *acts(): Generator<KubernetesAct> {
    for (const group of this.groups()) yield* group;
  }

  /** The kept acts of each severity, of people and of controllers: the earliest, and the latest if it is none of these. */
  *classes(): Generator<{
    readonly name: string;
    readonly earliest: readonly KubernetesAct[];
    readonly latest: KubernetesAct | null;
  }> {
    for (const classes of this.byGroup.values())
      for (const [name, kept] of classes) yield { name, earliest: kept.earliest(), latest: kept.latestBeyond() };
  }

  /** The acts of each finding. */
  *groups(): Generator<readonly KubernetesAct[]> {
    for (const classes of this.byGroup.values()) yield [...classes.values()].flatMap((kept) => kept.acts());
  }
}

/** The earliest acts and the latest one, by time and key; of one key the smaller text. */
class KeptActs {
  private readonly byKey = new Map<string, KubernetesAct>();
  private highest: KubernetesAct | null = null;
  private latest: KubernetesAct | null = null;

  acts(): KubernetesAct[] {
    const latest = this.latestBeyond();
    return latest ? [...this.earliest(), latest] : this.earliest();
  }

  earliest(): KubernetesAct[] {
    return [...this.byKey.values()];
  }

  /** Null where it is one of the earliest. */
  latestBeyond(): KubernetesAct | null {
    return this.latest && !this.byKey.has(this.latest.key) ? this.latest : null;
  }

  add(act: KubernetesAct): void {
    if (!this.latest || order(act, this.latest) > 0) this.latest = act;
    const known = this.byKey.get(act.key);
    if (known) {
      if (order(act, known) < 0) this.byKey.set(act.key, act);
      return;
    }
    if (this.byKey.size >= MOST_KEPT && this.highest && order(act, this.highest) > 0) return;
    this.byKey.set(act.key, act);
    if (this.byKey.size > MOST_KEPT && this.highest) this.byKey.delete(this.highest.key);
    this.highest = [...this.byKey.values()].reduce((most, one) => (order(one, most) > 0 ? one : most));
  }
}

function order(a: KubernetesAct, b: KubernetesAct): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  return one < other ? -1 : Number(one > other);
}
