import * as z from 'zod';
import { roleExposureOf, wordsOfExposure, type RoleExposure } from '../detection/posture/role-exposure';
import type { Settings } from '../detection/model/settings';
import { partition, PARTITIONS } from '../store/table-schema';
import { storedExposure, type StoredExposure } from '../store/exposure-items';
import type { LockTable, StoredItem } from '../store/lock-table';
import { modeOfAccount } from '../judging/mode';
import { openFindings } from '../store/open-findings';

/** What was told of a role last. */
const TOLD = z.object({ status: z.enum(['ACTIVE', 'ARCHIVED']), firstSeen: z.string(), digest: z.string() });
type Told = z.infer<typeof TOLD>;

const KEEP_SECONDS = 400 * 86_400;

export interface ExposureContext {
  readonly table: LockTable;
  /** Those who are learning included: nothing is told of them. */
  readonly settings: Settings;
  readonly accounts: readonly string[];
  readonly partition: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Tells them; gives the ids of those that were refused, with the reason. */
  readonly publish: (exposures: readonly RoleExposure[]) => Promise<ReadonlyMap<string, unknown>>;
}

export interface ReportedExposures {
  /** Every role with instances that used IMDSv1 within the quiet days, those of learning accounts too. */
  readonly exposed: readonly RoleExposure[];
  readonly told: number;
  readonly withdrawn: number;
  readonly refused: ReadonlyMap<string, unknown>;
}

/**
 * Tells what is new about roles whose keys are got by IMDSv1, and withdraws what was told of those that are quiet. Told is
 * written down after it was told, so that what fails is told again the next day.
 */
export async function reportExposures(teller: ExposureContext): Promise<ReportedExposures> {
  const { table, settings, publish: tell, now } = teller;
  const [exposures, before] = [await currentExposures(teller), await toldBefore(table)];
  const changed = exposures.flatMap((exposure) => newsOf(exposure, before.get(exposure.id)?.told, settings) ?? []);
  const refused = changed.length === 0 ? new Map<string, unknown>() : await tell(changed);
  const accepted = changed.filter(({ id }) => !refused.has(id));
  for (const exposure of accepted) {
    const told = { status: exposure.status, firstSeen: exposure.firstSeen, digest: digestOf(exposure) };
    const revision = (before.get(exposure.id)?.revision ?? 0) + 1;
    const expires = Math.floor(now / 1_000) + KEEP_SECONDS;
    await table.raise({
      pk: PARTITIONS.reportedExposures,
      sk: exposure.id,
      body: JSON.stringify(told),
      expires,
      revision,
    });
  }
  return {
    exposed: exposures.filter(({ status }) => status === 'ACTIVE'),
    told: accepted.filter(({ status }) => status === 'ACTIVE').length,
    withdrawn: accepted.filter(({ status }) => status === 'ARCHIVED').length,
    refused,
  };
}

/** As the table tells them now. */
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

async function toldBefore(table: LockTable): Promise<Map<string, { told: Told; revision: number }>> {
  const items: readonly StoredItem[] = await table.query(PARTITIONS.reportedExposures);
  return new Map(items.map(({ sk, body, revision }) => [sk, { told: TOLD.parse(JSON.parse(body)), revision }]));
}

/** Null where there is nothing to tell. What was told while an account was told of is withdrawn even when it learns again. */
function newsOf(exposure: RoleExposure, told: Told | undefined, settings: Settings): RoleExposure | null {
  const isLearning = modeOfAccount(exposure.account, settings) === 'learn';
  if (!told) return exposure.status === 'ACTIVE' && !isLearning ? exposure : null;
  const firstSeen = told.firstSeen < exposure.firstSeen ? told.firstSeen : exposure.firstSeen;
  const news = { ...exposure, firstSeen };
  if (exposure.status === 'ARCHIVED') return told.status === 'ACTIVE' ? news : null;
  return !isLearning && digestOf(news) !== told.digest ? news : null;
}

/** The same day and words are no news. */
function digestOf(exposure: RoleExposure): string {
  const { title, description } = wordsOfExposure(exposure);
  return JSON.stringify([exposure.status, title, description, exposure.lastSeen.slice(0, 10)]);
}

/** For people, once a week: plain text, a line for each role. */
export function exposureSummary(exposed: readonly RoleExposure[]): { subject: string; message: string } {
  const instances = exposed.reduce((sum, one) => sum + one.instances.length + one.instancesLeftOut, 0);
  const accounts = new Set(exposed.map(({ account }) => account)).size;
  const subject =
    exposed.length === 0
      ? 'credlock: no keys are got by IMDSv1'
      : `credlock: ${counted(exposed.length, 'role')} on ${counted(instances, 'instance')} in ${counted(accounts, 'account')} got keys by IMDSv1`;
  const lines = exposed
    .slice(0, MOST_LINES)
    .map((one) => `${one.account} ${one.role}: ${instancesOf(one)}, last ${one.lastSeen.slice(0, 10)}`);
  const more = exposed.length > MOST_LINES ? [`and ${exposed.length - MOST_LINES} more roles`] : [];
  return { subject, message: [subject, '', ...lines, ...more].join('\n') };
}

const MOST_LINES = 100;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function instancesOf({ instances, instancesLeftOut }: RoleExposure): string {
  const few = instances.slice(0, 3).map(({ instance }) => instance);
  const more = instances.length - few.length + instancesLeftOut;
  return more === 0 ? few.join(', ') : `${few.join(', ')} and ${more} more`;
}
