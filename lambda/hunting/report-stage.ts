import * as z from 'zod';
import { combineFindings, type Detection, type JudgedWorkloads, type WorkloadFindings } from '../detection/detect';
import { earliestInformed, type Informed } from '../detection/findings/informational-findings';
import { findingSchema } from '../store/finding-schema';
import { folder } from './folders';
import type { HuntContext } from './hunt-context';
import { linesIn } from './line-files';

type Counts = JudgedWorkloads['counts'];

/** What judging a part writes: its counts, and a line for each workload with findings. */
export type JudgedLine =
  { readonly counts: Counts } | { readonly workload: WorkloadFindings } | { readonly informed: Informed };

/** The findings of all parts, grouped. */
export async function combineParts({ store, parts, settings }: HuntContext): Promise<Detection> {
  const workloads: WorkloadFindings[] = [];
  const informed: Informed[] = [];
  const counts = { workloads: 0, unproven: 0, disproved: 0, relayed: 0 };
  for await (const text of linesIn(store, folder.judged)) {
    const line = judgedLineIn(text);
    if ('workload' in line) workloads.push(line.workload);
    else if ('informed' in line) informed.push(line.informed);
    else addCounts(counts, line.counts);
  }
  const combined = combineFindings(workloads, earliestInformed(informed), settings);
  let sessions = 0;
  for (let part = 0; part < parts; part += 1) {
    const arns = new Set<string>();
    for await (const arn of linesIn(store, folder.counted(part))) arns.add(arn);
    sessions += arns.size;
  }
  return { ...combined, counts: { ...counts, sessions } };
}

function addCounts(sum: { -readonly [Name in keyof Counts]: number }, counts: Counts): void {
  sum.workloads += counts.workloads;
  sum.unproven += counts.unproven;
  sum.disproved += counts.disproved;
  sum.relayed += counts.relayed;
}

function judgedLineIn(text: string): JudgedLine {
  const line: unknown = JSON.parse(text);
  if (!isJudgedLine(line)) throw new Error('a line of the work store is not what judging writes');
  return line;
}

/** Checks without copying: the order of a finding's members is kept. */
function isJudgedLine(line: unknown): line is JudgedLine {
  return JUDGED_LINE.safeParse(line).success;
}

const address = z.nullable(z.string());
const composed = z.object({
  finding: findingSchema,
  workload: z.string(),
  place: z.string(),
  first: z.number(),
  ownerWhy: z.string(),
  undeclared: address,
  move: z.nullable(z.object({ key: z.string(), from: z.string(), anchored: z.number() })),
});
const JUDGED_LINE = z.union([
  z.object({
    counts: z.object({
      workloads: z.number(),
      unproven: z.number(),
      disproved: z.number(),
      relayed: z.number(),
    }),
  }),
  z.object({
    workload: z.object({
      shown: z.array(composed),
      cut: z.nullable(findingSchema),
      cutAddresses: z.array(address),
      suppressed: z.array(findingSchema),
    }),
  }),
  z.object({
    informed: z.object({
      finding: findingSchema,
      event: z.object({ time: z.number(), id: z.string(), what: z.string() }),
      workload: z.string(),
    }),
  }),
]);
