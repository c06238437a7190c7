import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  FINDING_TYPES,
  isKubernetesType,
  SEVERITIES,
  TOKEN_FINDING_TYPES,
  type Finding,
} from '../detection/model/finding';
import { originText } from '../detection/model/origin';
import type { Workload } from '../detection/model/workload';
import { idIn, partition } from './table-schema';
import { GONE } from './published-rows';
import type { LockTable } from './lock-table';
import { meetingPlaces } from './suspect-index';
import { compareText } from '../detection/model/compare-text';

/**
 * Open findings are an index of their own, in partitions that are read in full: a scan would read every sighting, and a
 * DynamoDB index cannot be read consistently.
 */
const SHARDS = 16;

const text = z.string();
const OPEN = z.object({
  id: text,
  type: z.enum(FINDING_TYPES),
  severity: z.enum(SEVERITIES),
  title: text,
  firstSeen: text,
  workloads: z.array(z.object({ partition: text, account: text, kind: text, id: text })),
  place: text,
  ip: z.nullable(text),
});

/** An open finding without its texts. */
export interface OpenFinding extends Pick<Finding, 'id' | 'type' | 'severity' | 'title' | 'firstSeen'> {
  /** The workload, or all of a group. */
  readonly workloads: readonly Workload[];
  /** Place its verdict shares with others: confirming any workload there confirms it too. */
  readonly place: string;
  /** The address it is about, if any. */
  readonly ip: string | null;
}

/** Stores that a finding is open, or is not. `revision`: the finding's, so that the latest counts. */
export async function noteOpen(
  table: Pick<LockTable, 'raise'>,
  finding: Finding,
  { home, revision, expires }: { readonly home: string; readonly revision: number; readonly expires: number },
): Promise<void> {
  if (!isJudgedAgain(finding)) return;
  const body = finding.status === 'ACTIVE' ? JSON.stringify(openFinding(finding, home)) : GONE;
  await table.raise({ pk: partitionOf(finding.id), sk: `${finding.id} ${home}`, body, expires, revision });
}

/** What one act shows no later fact explains. */
function isJudgedAgain({ severity, type }: Finding): boolean {
  if (isTokenType(type)) return true;
  return severity !== 'INFORMATIONAL' && type !== 'DetectorTampered' && !isKubernetesType(type);
}

function isTokenType(type: Finding['type']): boolean {
  return TOKEN_FINDING_TYPES.some((one) => one === type);
}

/** Every open finding there is, by id. */
export async function openFindings(table: LockTable): Promise<OpenFinding[]> {
  const shards = Array.from({ length: SHARDS }, (_, shard) => table.query(partition.openFindings(shard)));
  const bodies = (await Promise.all(shards)).flat().map(({ body }) => body);
  const open = bodies.filter((body) => body !== GONE).map((body) => OPEN.parse(JSON.parse(body)));
  return open.sort((a, b) => compareText(a.id, b.id));
}

/**
 * The workloads to confirm so that each of these findings is judged again. Confirming one confirms all suspects at its
 * place, so one per place is enough; all where there are more than `mostTogether`.
 */
export function toJudgeAgain(open: readonly OpenFinding[], mostTogether: number): Workload[] {
  const byPlace = new Map<string, OpenFinding[]>();
  for (const finding of open) {
    const same = byPlace.get(finding.place);
    if (same) same.push(finding);
    else byPlace.set(finding.place, [finding]);
  }
  return [...byPlace.values()].flatMap((findings) => {
    const all = findings.flatMap(({ workloads }) => workloads);
    return all.length > mostTogether ? all : all.slice(0, 1);
  });
}

function openFinding(finding: Finding, home: string): OpenFinding {
  const { id, type, severity, title, firstSeen, origin, workload, workloads } = finding;
  const members = (workload ? [workload] : (workloads ?? [])).map((one) => ({
    partition: one.partition,
    account: one.account,
    kind: one.kind,
    id: one.id,
  }));
  const own = { id, type, severity, title, firstSeen, ip: origin?.ip ?? null };
  // The holder of a token is judged by itself.
  if (isTokenType(type)) return { ...own, workloads: [workloadIn(home)], place: home };
  return { ...own, workloads: members, place: placeOf(finding) };
}

/** The workload whose partition it is. */
function workloadIn(home: string): Workload {
  const [name = '', account = '', kind = '', ...id] = idIn(home).split('/');
  return { partition: name, account, kind, id: id.join('/') };
}

function placeOf(finding: Finding): string {
  const [place] = meetingPlaces(finding);
  return place ?? (finding.origin ? originText(finding.origin) : finding.id);
}

function partitionOf(findingId: string): string {
  return partition.openFindings((createHash('sha256').update(findingId).digest()[0] ?? 0) % SHARDS);
}
