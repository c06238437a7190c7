import type { Detection } from '../../../lambda/detection/detect';
import type { FactSet } from '../../../lambda/detection/facts/fact-set';
import { kindsNamed } from '../../../lambda/detection/kinds/all-kinds';
import { HUNT_STAGES } from '../../../lambda/hunt-names';
import type { HuntContext } from '../../../lambda/hunting/hunt-context';
import { runsOf } from '../../../lambda/hunting/pack-names';
import { RUN_STAGE } from '../../../lambda/hunting/hunt-stages';
import { writeFacts } from '../../../lambda/hunting/read-stage';
import { readReport } from '../../../lambda/hunting/report-stage';
import { MemoryWorkStore } from './memory-work-store';

/** How a hunt goes. */
export interface Course {
  readonly parts: number;
  /** Of memory: the fewer, the more passes. */
  readonly megabytes: number;
  /** A number below the one given, for each choice: which child is next, whether a write fails, whether a child runs twice. */
  readonly choose: (below: number) => number;
  /** One in so many writes fails, and one in so many children runs again. Zero: none. */
  readonly oneIn: number;
}

/** Hunts through batches of facts, with children in any order, repeated and failing in between. */
export async function huntThrough(
  batches: readonly FactSet[],
  { settings, ipRanges }: Pick<HuntContext, 'settings' | 'ipRanges'>,
  { parts, megabytes, choose, oneIn }: Course,
): Promise<Detection> {
  const happens = (): boolean => oneIn > 0 && choose(oneIn) === 0;
  const context: HuntContext = {
    store: new MemoryWorkStore(happens),
    parts,
    key: [choose(2 ** 32), choose(2 ** 32)],
    megabytes,
    settings,
    kinds: kindsNamed(settings.workloads),
    ipRanges,
  };
  const runAll = async (count: number, run: (child: number) => Promise<void>): Promise<void> => {
    const waiting = Array.from({ length: count }, (_, child) => child);
    while (waiting.length > 0) {
      const [child = 0] = waiting.splice(choose(waiting.length), 1);
      const ended = await run(child).then(
        () => true,
        () => false,
      );
      if (!ended || happens()) waiting.push(child);
    }
  };
  await runAll(batches.length, async (child) => {
    const batch = batches[child];
    if (batch) await writeFacts(batch, child, context);
  });
  const counts = {
    batches: batches.length,
    parts,
    batchRuns: runsOf(batches.length),
    partRuns: runsOf(parts),
  };
  for (const { name, children } of HUNT_STAGES)
    if (name !== 'read')
      await runAll(children === null ? 1 : counts[children], (child) => RUN_STAGE[name](child, context));
  const { detection } = await readReport(context.store);
  return detection;
}
