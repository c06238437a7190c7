import type { Finding } from '../model/finding';
import type { Judgement } from '../judge/judge';
import { originText } from '../model/origin';
import { workloadKey, type Workload } from '../model/workload';

/** The origins of workloads that findings are about, gathered from judgements. */
export class SuspectOrigins {
  private readonly suspects = new Set<string>();

  /** `onJudgement` of a detection. */
  note({ history, verdicts }: Judgement): void {
    for (const { origin } of verdicts) this.suspects.add(`${history.key} ${originText(origin)}`);
  }

  /** Suppressed findings have an owner, so their origins are not suspect. */
  except(suppressed: readonly Finding[]): void {
    for (const { workload, origin } of suppressed)
      if (workload && origin) this.suspects.delete(`${workloadKey(workload)} ${originText(origin)}`);
  }

  /** `origin`: as `originText` writes it. */
  has(workload: Workload, origin: string): boolean {
    return this.suspects.has(`${workloadKey(workload)} ${origin}`);
  }
}
