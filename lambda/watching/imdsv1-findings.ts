import * as z from 'zod';
import { roleExposureOf, wordsOfExposure, type RoleExposure } from '../detection/posture/role-exposure';
import { counted } from '../detection/model/numbers';
import type { Settings } from '../detection/model/settings';
import { partition, PARTITIONS } from '../store/table-schema';
import { storedExposure, type StoredExposure } from '../store/exposure-items';
import type { LockTable, StoredItem } from '../store/lock-table';
import { modeOfAccount } from '../judging/mode';
import { openFindings } from '../store/open-findings';

/** The state of a role that was reported last. */
const REPORTED = z.object({ status: z.enum(['ACTIVE', 'ARCHIVED']), firstSeen: z.string(), digest: z.string() });
type Reported = z.infer<typeof REPORTED>;

const KEEP_SECONDS = 400 * 86_400;

export interface ExposureContext {
  readonly table: LockTable;
  /** Exposures of accounts in `learn` mode are not reported. */
  readonly settings: Settings;
  readonly accounts: readonly string[];
  readonly partition: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Publishes exposures; returns the errors of those that were refused, by id. */
  readonly publish: (exposures: readonly RoleExposure[]) => Promise<ReadonlyMap<string, unknown>>;
}

export interface ReportedExposures {
  /** Every role with instances that used IMDSv1 within the quiet days, those of accounts in `learn` mode included. */
  readonly exposed: readonly RoleExposure[];
  readonly reported: number;
  readonly withdrawn: number;
  readonly refused: ReadonlyMap<string, unknown>;
}

/**
 * Reports roles whose credentials are fetched by IMDSv1, if something changed, and archives the findings of quiet ones. The
 * reported state is stored after publishing, so that a failed one is retried the next day.
 */
export async function reportExposures(context: ExposureContext): Promise<ReportedExposures> {
  const { table, settings, publish, now } = context;
  const [exposures, before] = [await currentExposures(context), await reportedBefore(table)];
  const changed = exposures.flatMap(
    (exposure) => updateOf(exposure, before.get(exposure.id)?.reported, settings) ?? [],
  );
  const refused = changed.length === 0 ? new Map<string, unknown>() : await publish(changed);
  const accepted = changed.filter(({ id }) => !refused.has(id));
  for (const exposure of accepted) {
    const { status, firstSeen } = exposure;
    const reported: Reported = { status, firstSeen, digest: digestOf(exposure) };
    const revision = (before.get(exposure.id)?.revision ?? 0) + 1;
    const expires = Math.floor(now / 1_000) + KEEP_SECONDS;
    await table.raise({
      pk: PARTITIONS.reportedExposures,
      sk: exposure.id,
      body: JSON.stringify(reported),
      expires,
      revision,
    });
  }
  return {
    exposed: exposures.filter(({ status }) => status === 'ACTIVE'),
    reported: accepted.filter(({ status }) => status === 'ACTIVE').length,
    withdrawn: accepted.filter(({ status }) => status === 'ARCHIVED').length,
    refused,
  };
}

async function currentExposures({
  table,
  settings,
  accounts,
  partition: aws,
  now,
}: ExposureContext): Promise<RoleExposure[]> {
  const quiet = { now, quietDays: settings.postureQuietDays };
  const suspects = await suspectPlaces(table);
  const exposures: RoleExposure[] = [];
  for (const account of accounts) {
    const byRole = new Map<string, StoredExposure[]>();
    const stored = (await table.query(partition.exposures(aws, account))).flatMap(storedExposure);
    for (const one of stored) byRole.set(one.role, [...(byRole.get(one.role) ?? []), one]);
    for (const [role, seen] of byRole) {
      const instances = seen.map((one) => ({
        ...one,
        onlySuspected: suspects.has(`${account}/${one.instance} ${one.ip ?? ''}`),
      }));
      exposures.push(roleExposureOf({ partition: aws, account, role }, instances, quiet));
    }
  }
  return exposures;
}

/** `account/instance address` of every open finding about one address. */
async function suspectPlaces(table: LockTable): Promise<ReadonlySet<string>> {
  const open = await openFindings(table);
  return new Set(
    open.flatMap(({ workloads, ip }) =>
      ip === null ? [] : workloads.map(({ account, id }) => `${account}/${id} ${ip}`),
    ),
  );
}

async function reportedBefore(table: LockTable): Promise<Map<string, { reported: Reported; revision: number }>> {
  const items: readonly StoredItem[] = await table.query(PARTITIONS.reportedExposures);
  return new Map(items.map(({ sk, body, revision }) => [sk, { reported: REPORTED.parse(JSON.parse(body)), revision }]));
}

/** The exposure to publish; null if nothing changed. Findings are archived even where the account is in `learn` mode again. */
function updateOf(exposure: RoleExposure, reported: Reported | undefined, settings: Settings): RoleExposure | null {
  const isLearning = modeOfAccount(exposure.account, settings) === 'learn';
  if (!reported) return exposure.status === 'ACTIVE' && !isLearning ? exposure : null;
  const firstSeen = reported.firstSeen < exposure.firstSeen ? reported.firstSeen : exposure.firstSeen;
  const update = { ...exposure, firstSeen };
  if (exposure.status === 'ARCHIVED') return reported.status === 'ACTIVE' ? update : null;
  return !isLearning && digestOf(update) !== reported.digest ? update : null;
}

/** The texts and the day of the last use: nothing is published while these are the same. */
function digestOf(exposure: RoleExposure): string {
  const { title, description } = wordsOfExposure(exposure);
  return JSON.stringify([exposure.status, title, description, exposure.lastSeen.slice(0, 10)]);
}

/** The weekly notification: plain text, a line for each role. */
export function exposureSummary(exposed: readonly RoleExposure[]): { subject: string; message: string } {
  const instances = exposed.reduce((sum, one) => sum + one.instances.length + one.instancesLeftOut, 0);
  const accounts = new Set(exposed.map(({ account }) => account)).size;
  const subject =
    exposed.length === 0
      ? 'credlock: no credentials were fetched by IMDSv1'
      : `credlock: ${counted(exposed.length, 'role')} on ${counted(instances, 'instance')} in ${counted(accounts, 'account')} fetched credentials by IMDSv1`;
  const lines = exposed
    .slice(0, MOST_LINES)
    .map((one) => `${one.account} ${one.role}: ${instancesOf(one)}, last ${one.lastSeen.slice(0, 10)}`);
  const more = exposed.length > MOST_LINES ? [`and ${exposed.length - MOST_LINES} more roles`] : [];
  return { subject, message: [subject, '', ...lines, ...more].join('\n') };
}

const MOST_LINES = 100;

function instancesOf({ instances, instancesLeftOut }: RoleExposure): string {
  const few = instances.slice(0, 3).map(({ instance }) => instance);
  const more = instances.length - few.length + instancesLeftOut;
  return more === 0 ? few.join(', ') : `${few.join(', ')} and ${more} more`;
}
