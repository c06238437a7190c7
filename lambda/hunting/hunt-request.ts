import * as z from 'zod';
import { parseIpRanges, type IpRanges } from '../detection/model/ip-ranges';
import { valueOf } from '../detection/model/result';
import type { Settings } from '../detection/model/settings';
import { parseSettings } from '../detection/parse-settings';
import {
  HUNT_FILES,
  HUNT_ITEMS,
  HUNT_OUTPUTS,
  HUNT_STAGES,
  MOST_INCIDENTS,
  OUTPUT_STAGES,
  type HuntOutput,
} from '../hunt-names';
import { newHashKey } from './half-sip-hash';
import { planHunt, planIn, type KeptPlan, type PlannedFile } from './hunt-plan';
import type { WorkStore } from './work-store';

const DAY = 86_400_000;
const stageNames = [...HUNT_STAGES, ...OUTPUT_STAGES].map(({ name }) => name);
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
    /** Days that what the hunt writes is kept. */
    workDays: z.number(),
    /** Those that are deployed. */
    outputs: z.array(z.enum(HUNT_OUTPUTS)).default([]),
  }),
  z.object({ stage: z.enum(stageNames), hunt: HUNT, child: z.number().default(0) }),
]);

export type HuntRequest = z.infer<typeof HUNT_REQUEST>;
export type PlanRequest = Extract<HuntRequest, { stage: 'plan' }>;

/** A log file of a trail. */
interface TrailFile extends PlannedFile {
  readonly account: string;
  /** Epoch milliseconds. */
  readonly written: number;
}

/** Plans a hunt, and writes the items that the maps of the state machine read. `now`: epoch milliseconds. */
export async function planAndKeep(
  files: AsyncIterable<TrailFile>,
  { batchSize, partSize, workDays, outputs, to }: Omit<PlanRequest, 'stage' | 'hunt' | 'from' | 'accounts' | 'regions'>,
  now: number,
  store: WorkStore,
): Promise<KeptPlan> {
  // Not valid: it is not planned.
  await Promise.all([settingsIn(store), ipRangesIn(store), optionsIn(store)]);
  const written = new Map<string, number>();
  const planned = await planHunt(noting(files, written), { batch: batchSize, part: partSize }, store);
  const expires = now + workDays * DAY;
  const plan = { ...planned, outputs, key: newHashKey(), expires, until: Math.min(to, now) };
  const write = (name: string, value: unknown): Promise<void> => store.put(name, Buffer.from(JSON.stringify(value)));
  await write(HUNT_FILES.keptSettings, await settingsJson(store));
  await write(HUNT_FILES.keptIpRanges, await ipRangesJson(store));
  for (const items of HUNT_ITEMS) await write(HUNT_FILES[items], [...Array(plan[items]).keys()]);
  await write(HUNT_FILES.accounts, Object.fromEntries(written));
  await write(HUNT_FILES.plan, plan);
  return plan;
}

async function* noting(files: AsyncIterable<TrailFile>, written: Map<string, number>): AsyncGenerator<PlannedFile> {
  for await (const file of files) {
    written.set(file.account, Math.max(file.written, written.get(file.account) ?? 0));
    yield file;
  }
}

const WRITTEN = z.record(z.string(), z.number());

/** When the latest log file of each account was written, in epoch milliseconds. */
export async function lastWrittenIn(store: WorkStore): Promise<ReadonlyMap<string, number>> {
  const json: unknown = JSON.parse(Buffer.from(await store.get(HUNT_FILES.accounts)).toString());
  return new Map(Object.entries(WRITTEN.parse(json)));
}

const OPTIONS = z.strictObject({
  /** Percent of the log files that may be unread; more end the hunt. @default as in `checkReading` */
  maxUnreadable: z.optional(z.number().min(0).max(100)),
  /** Incidents that the page of the report shows, the worst. */
  incidents: z.int().min(1).max(10_000).default(MOST_INCIDENTS),
  /** Sends the findings to Security Hub and the bus. By default they are not sent. */
  publish: z.boolean().exactOptional(),
  /** Stores the facts in the lock table. By default they are not stored. */
  storeFacts: z.boolean().exactOptional(),
});

/** What is asked of a hunt besides its settings: the object `HUNT_FILES.options`. */
export type HuntOptions = z.input<typeof OPTIONS>;

/** The outputs that are asked for. */
export function outputsOf({ publish = false, storeFacts = false }: HuntOptions): HuntOutput[] {
  return [...(publish ? (['publish'] as const) : []), ...(storeFacts ? (['store'] as const) : [])];
}

/** What a hunt was asked, or the defaults. All three throw when it is not valid. */
export async function optionsIn(store: WorkStore): Promise<z.infer<typeof OPTIONS>> {
  return OPTIONS.parse((await jsonIn([HUNT_FILES.options], store)) ?? {});
}

export async function settingsIn(store: WorkStore): Promise<Settings> {
  return valueOf(parseSettings(await settingsJson(store)));
}

/** Null: the hunt has none. */
export async function ipRangesIn(store: WorkStore): Promise<IpRanges | null> {
  const json = await ipRangesJson(store);
  return json === null ? null : valueOf(parseIpRanges(json));
}

async function settingsJson(store: WorkStore): Promise<unknown> {
  return (await jsonIn([HUNT_FILES.keptSettings, HUNT_FILES.settings], store)) ?? {};
}

function ipRangesJson(store: WorkStore): Promise<unknown> {
  return jsonIn([HUNT_FILES.keptIpRanges, HUNT_FILES.ipRanges], store);
}

/** The first of these objects that is there; null where none is. */
async function jsonIn(names: readonly string[], store: WorkStore): Promise<unknown> {
  for (const name of names) {
    if ((await store.list(name)).length === 0) continue;
    const json: unknown = JSON.parse(Buffer.from(await store.get(name)).toString());
    return json;
  }
  return null;
}

export async function keptPlan(store: WorkStore): Promise<KeptPlan> {
  return planIn(Buffer.from(await store.get(HUNT_FILES.plan)).toString());
}

const PUBLISHED = z.object({ sent: z.number(), unsent: z.number(), left: z.number() });

/** What `publish` did: see `PastPublished`. */
export type Published = z.infer<typeof PUBLISHED>;

export function keepPublished(published: Published, store: WorkStore): Promise<void> {
  return store.put(HUNT_FILES.published, Buffer.from(JSON.stringify(published)));
}

/** Null where nothing was published yet. */
export async function publishedIn(store: WorkStore): Promise<Published | null> {
  const json = await jsonIn([HUNT_FILES.published], store);
  return json === null ? null : PUBLISHED.parse(json);
}
