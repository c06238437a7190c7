import * as z from 'zod';
import { composeTampering, tamperingGroup } from '../detection/tampering/compose-tampering';
import { ACT_KINDS, PARTS } from '../detection/tampering/act';
import { isoTime } from '../detection/model/event-time';
import type { Settings } from '../detection/model/settings';
import { suppressedBy } from '../detection/findings/suppression';
import type { Tampering } from '../detection/tampering/read-tampering';
import { despiteOthers } from '../store/concurrent-change';
import { expiryOf, partition, SORT_KEYS } from '../store/table-schema';
import type { LockTable } from '../store/lock-table';
import type { Publish } from '../confirming/reconcile-findings';
import { reportFinding } from '../confirming/report-finding';

export interface TamperingContext {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly publish: Publish;
  /** Current time in epoch milliseconds. */
  readonly now: () => number;
}

const text = z.string();
const maybe = z.nullable(text);
const TAMPERING = z.object({
  eventId: text,
  time: z.number(),
  partition: text,
  account: text,
  region: text,
  eventSource: text,
  eventName: text,
  errorCode: maybe,
  userAgent: maybe,
  part: z.enum(PARTS),
  name: text,
  was: text,
  kind: z.enum(ACT_KINDS).default('harm'),
  by: text,
  accessKeyId: maybe,
  workload: z.nullable(z.object({ partition: text, account: text, kind: text, id: text })),
  shown: z.enum(['scope', 'delivery', 'shape', 'none']),
  source: z.nullable(
    z.object({ ip: maybe, service: maybe, attributed: z.boolean(), endpointId: maybe, endpointAccount: maybe }),
  ),
  byDeployment: z.boolean(),
});

export interface ReportedTampering {
  /** Tamperings that are not suppressed. */
  readonly reported: readonly Tampering[];
  /** The errors of those that could not be reported. */
  readonly faults: ReadonlyMap<Tampering, unknown>;
}

const ATTEMPTS = 8;

/**
 * Stores tampering calls and reports them together with the same caller's other calls in that account and hour. Each is
 * stored before all of them are read, so that the last reader reports all. Repeating it changes nothing.
 */
export async function reportTampering(
  tamperings: readonly Tampering[],
  context: TamperingContext,
): Promise<ReportedTampering> {
  const faults = new Map<Tampering, unknown>();
  const reported: Tampering[] = [];
  for (const [group, members] of byGroup(tamperings)) {
    try {
      const pk = partition.tampering(group);
      for (const one of members) await context.table.keep({ pk, ...itemOf(one, context.settings) });
      if (await despiteOthers(() => reportGroup(pk, context), ATTEMPTS)) reported.push(...members);
    } catch (error) {
      for (const one of members) faults.set(one, error);
    }
  }
  return { reported, faults };
}

function byGroup(tamperings: readonly Tampering[]): Map<string, Tampering[]> {
  const groups = new Map<string, Tampering[]>();
  for (const one of tamperings) {
    const group = tamperingGroup(one);
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return groups;
}

function itemOf(one: Tampering, { retentionDays }: Settings): { sk: string; body: string; expires: number } {
  return {
    sk: `${SORT_KEYS.tamperingEvent}${isoTime(one.time)}#${one.eventId}`,
    body: JSON.stringify(one),
    expires: expiryOf(one.time, retentionDays),
  };
}

/** False where a suppression hides it. */
async function reportGroup(pk: string, { table, settings, publish, now: clock }: TamperingContext): Promise<boolean> {
  // Of two concurrent runs, the one that reads later has the later time too.
  const now = clock();
  const items = await table.query(pk, SORT_KEYS.tamperingEvent);
  const finding = composeTampering(items.map(({ body }) => TAMPERING.parse(JSON.parse(body))));
  if (!finding) return false;
  const isSuppressed = suppressedBy(finding, settings.suppressions) !== null;
  await reportFinding(pk, { finding, isSuppressed }, { table, settings, publish, now });
  return !isSuppressed;
}
