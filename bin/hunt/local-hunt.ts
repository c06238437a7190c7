import * as z from 'zod';
import { HUNT_STAGES } from '../../lambda/hunt-names';
import type { HuntContext } from '../../lambda/hunting/hunt-context';
import { planHunt, type PlannedFile, type PlanSizes } from '../../lambda/hunting/hunt-plan';
import { RUN_STAGE } from '../../lambda/hunting/hunt-stages';
import { padded } from '../../lambda/hunting/folders';
import { readBatch, type ReadLogs } from '../../lambda/hunting/read-stage';
import { readReport } from '../../lambda/hunting/report-stage';
import type { WorkStore } from '../../lambda/hunting/work-store';

/** What a hunt on this machine is made of. */
export interface LocalHunt extends Omit<HuntContext, 'parts'> {
  readonly files: Iterable<PlannedFile>;
  readonly sizes: PlanSizes;
  readonly readLogs: ReadLogs;
  /** Called before each child. */
  readonly onChild: (stage: string, child: number, children: number) => void;
}

/** What is found and read. */
export type HuntResult = Awaited<ReturnType<typeof readReport>>;

/** Names of the objects that a child wrote. */
const WRITTEN = z.array(z.string());

/**
 * Runs the stages of a hunt one after another, child by child. Children that ended in an earlier run over the same work store
 * are not run again. Throws where an object is missing that one of them wrote.
 */
export async function huntLocally(hunt: LocalHunt): Promise<HuntResult> {
  const { store, sizes, readLogs } = hunt;
  const kept = new Set(await store.list(''));
  const plan = await planHunt(hunt.files, sizes, store);
  const runAll = async (
    stage: string,
    children: number,
    run: (child: number, context: HuntContext) => Promise<void>,
  ): Promise<void> => {
    for (let child = 0; child < children; child += 1) {
      const mark = `ended/${stage}/${padded(child)}`;
      if (kept.has(mark)) {
        await checkWritten(mark, store, kept);
        continue;
      }
      hunt.onChild(stage, child, children);
      const { noting, names } = notingStore(store);
      await run(child, { ...hunt, store: noting, parts: plan.parts });
      await store.put(mark, Buffer.from(JSON.stringify(names)));
    }
  };
  await runAll('read', plan.batches, (batch, context) => readBatch(batch, readLogs, context));
  for (const { name, children } of HUNT_STAGES)
    if (name !== 'read') await runAll(name, children === null ? 1 : plan[children], RUN_STAGE[name]);
  return readReport(store);
}

async function checkWritten(mark: string, store: WorkStore, kept: ReadonlySet<string>): Promise<void> {
  const names = WRITTEN.parse(JSON.parse(Buffer.from(await store.get(mark)).toString()));
  // Lists of objects are not complete without it; getting it throws the error for the user.
  for (const name of names) if (!kept.has(name)) await store.get(name);
}

/** Notes the names of the objects that are put. */
function notingStore(store: WorkStore): { readonly noting: WorkStore; readonly names: readonly string[] } {
  const names: string[] = [];
  const noting: WorkStore = {
    put: (name, body) => {
      names.push(name);
      return store.put(name, body);
    },
    get: (name) => store.get(name),
    range: (name, from, length) => store.range(name, from, length),
    list: (prefix) => store.list(prefix),
  };
  return { noting, names };
}
