import { createHash } from 'node:crypto';
import { HUNT_STAGES } from '../../lambda/hunt-names';
import type { HuntContext } from '../../lambda/hunting/hunt-context';
import { planHunt, type PlannedFile, type PlanSizes } from '../../lambda/hunting/hunt-plan';
import { RUN_STAGE } from '../../lambda/hunting/hunt-stages';
import { padded } from '../../lambda/hunting/folders';
import { readBatch, type ReadLogs } from '../../lambda/hunting/read-stage';
import { readReport } from '../../lambda/hunting/report-stage';

/** What a hunt on this machine is made of. */
export interface LocalHunt extends Omit<HuntContext, 'parts'> {
  readonly files: Iterable<PlannedFile>;
  readonly sizes: PlanSizes;
  readonly readLogs: ReadLogs;
  /** All that decides about the findings besides the files, as text: work of another hunt is refused. */
  readonly identity: string;
  /** Called before each child. */
  readonly onChild: (stage: string, child: number, children: number) => void;
}

/** What is found and read. */
export type HuntResult = Awaited<ReturnType<typeof readReport>>;

const PLAN = 'plan/plan.json';

/**
 * Runs the stages of a hunt one after another, child by child. Children that ended in an earlier run over the same work store
 * are not run again. Throws if its work is that of a hunt over other files or with other settings.
 */
export async function huntLocally(hunt: LocalHunt): Promise<HuntResult> {
  const { store, sizes, readLogs } = hunt;
  const digest = createHash('sha256').update(hunt.identity);
  const plan = await planHunt(
    noting(hunt.files, (text) => digest.update(text)),
    sizes,
    store,
  );
  await keepPlan(JSON.stringify({ ...plan, digest: digest.digest('hex') }), store);
  const context: HuntContext = { ...hunt, parts: plan.parts };
  const runAll = async (stage: string, children: number, run: (child: number) => Promise<void>): Promise<void> => {
    const ended = new Set(await store.list(`ended/${stage}/`));
    for (let child = 0; child < children; child += 1) {
      const mark = `ended/${stage}/${padded(child)}`;
      if (ended.has(mark)) continue;
      hunt.onChild(stage, child, children);
      await run(child);
      await store.put(mark, new Uint8Array());
    }
  };
  await runAll('read', plan.batches, (batch) => readBatch(batch, readLogs, context));
  for (const { name, children } of HUNT_STAGES)
    if (name !== 'read')
      await runAll(name, children === null ? 1 : plan[children], (child) => RUN_STAGE[name](child, context));
  return readReport(store);
}

function* noting(files: Iterable<PlannedFile>, note: (text: string) => void): Generator<PlannedFile> {
  for (const file of files) {
    note(`\n${file.bytes} ${file.key}`);
    yield file;
  }
}

async function keepPlan(plan: string, store: HuntContext['store']): Promise<void> {
  const [known] = await store.list(PLAN);
  if (known !== undefined && Buffer.from(await store.get(PLAN)).toString() !== plan)
    throw new Error('the work is that of a hunt over other files, or with other settings: name another folder');
  await store.put(PLAN, Buffer.from(plan));
}
