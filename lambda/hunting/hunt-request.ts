import * as z from 'zod';
import { parseIpRanges, type IpRanges } from '../detection/model/ip-ranges';
import { valueOf } from '../detection/model/result';
import type { Settings } from '../detection/model/settings';
import { parseSettings } from '../detection/parse-settings';
import { MOST_INCIDENTS, HUNT_FILES, HUNT_ITEMS, HUNT_STAGES } from '../hunt-names';
import { planHunt, planIn, type HuntPlan, type PlannedFile } from './hunt-plan';
import type { WorkStore } from './work-store';

const stageNames = HUNT_STAGES.map(({ name }) => name);
const HUNT = z.string().regex(/^[\w-]{1,64}$/);

/** What a child of the state machine is asked to do. Times are epoch milliseconds, of the names of log files. */
export const HUNT_REQUEST = z.union([
  z.object({
    stage: z.literal('plan'),
    hunt: HUNT,
    from: z.number(),
    to: z.number(),
    /** Null: all. */
    accounts: z.nullable(z.array(z.string())),
    regions: z.nullable(z.array(z.string())),
    batchSize: z.number(),
    partSize: z.number(),
  }),
  z.object({ stage: z.enum(stageNames), hunt: HUNT, child: z.number().default(0) }),
]);

export type HuntRequest = z.infer<typeof HUNT_REQUEST>;
export type PlanRequest = Extract<HuntRequest, { stage: 'plan' }>;

/** Plans a hunt, and writes the items that the maps of the state machine read. */
export async function planAndKeep(
  files: AsyncIterable<PlannedFile>,
  { batchSize, partSize }: Pick<PlanRequest, 'batchSize' | 'partSize'>,
  store: WorkStore,
): Promise<HuntPlan> {
  const plan = await planHunt(files, { batch: batchSize, part: partSize }, store);
  const write = (name: string, value: unknown): Promise<void> => store.put(name, Buffer.from(JSON.stringify(value)));
  for (const items of HUNT_ITEMS) await write(HUNT_FILES[items], [...Array(plan[items]).keys()]);
  await write(HUNT_FILES.plan, plan);
  return plan;
}

const OPTIONS = z.strictObject({
  /** Percent of the log files that may be unread; more end the hunt. @default as in `checkReading` */
  maxUnreadable: z.optional(z.number().min(0).max(100)),
  /** Incidents that the page of the report shows, the worst. */
  incidents: z.int().min(1).max(10_000).default(MOST_INCIDENTS),
});

/** What is asked of a hunt besides its settings: the object `HUNT_FILES.options`. */
export type HuntOptions = z.input<typeof OPTIONS>;

/** What a hunt was asked, or the defaults. All three throw when it is not valid. */
export async function optionsIn(store: WorkStore): Promise<z.infer<typeof OPTIONS>> {
  return OPTIONS.parse((await jsonIn(HUNT_FILES.options, store)) ?? {});
}

export async function settingsIn(store: WorkStore): Promise<Settings> {
  return valueOf(parseSettings((await jsonIn(HUNT_FILES.settings, store)) ?? {}));
}

/** Null: the hunt has none. */
export async function ipRangesIn(store: WorkStore): Promise<IpRanges | null> {
  const json = await jsonIn(HUNT_FILES.ipRanges, store);
  return json === null ? null : valueOf(parseIpRanges(json));
}

/** Null where there is no such object. */
async function jsonIn(name: string, store: WorkStore): Promise<unknown> {
  if ((await store.list(name)).length === 0) return null;
  const json: unknown = JSON.parse(Buffer.from(await store.get(name)).toString());
  return json;
}

export async function keptPlan(store: WorkStore): Promise<HuntPlan> {
  return planIn(Buffer.from(await store.get(HUNT_FILES.plan)).toString());
}
