/** Where a workload is; null where unknown. */
export interface Place {
  readonly region: string | null;
  readonly vpcId: string | null;
}

/** Counts workloads of a group by the Region and VPC they are in. */
export class Census {
  private readonly groups = new Map<string, Map<string, number>>();

  add(group: string, place: Place): void {
    const counts = this.groups.get(group) ?? new Map<string, number>();
    this.groups.set(group, counts);
    for (const part of partsOf(place)) counts.set(part, (counts.get(part) ?? 0) + 1);
  }

  /** Workloads that may be in the same VPC, or in the same Region where the VPC of `place` is unknown. */
  near(group: string, { region, vpcId }: Place): number {
    const counts = this.groups.get(group);
    const sum = (...parts: readonly string[]): number =>
      parts.reduce((total, part) => total + (counts?.get(part) ?? 0), 0);
    if (vpcId === null) return region === null ? sum('all') : sum(`region ${region}`, 'region ');
    const unplaced = region === null ? sum('unplaced') : sum(`unplaced ${region}`, 'unplaced ');
    return sum(`vpc ${vpcId}`) + unplaced;
  }
}

function partsOf({ region, vpcId }: Place): readonly string[] {
  const parts = ['all', `region ${region ?? ''}`];
  return vpcId === null ? [...parts, 'unplaced', `unplaced ${region ?? ''}`] : [...parts, `vpc ${vpcId}`];
}
