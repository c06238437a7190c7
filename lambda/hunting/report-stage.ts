import * as z from 'zod';
import { combineFindings, type Detection, type JudgedWorkloads, type WorkloadFindings } from '../detection/detect';
import { earliestInformed, type Informed } from '../detection/findings/informational-findings';
import { findingSchema } from '../store/finding-schema';
import { COUNTED, folder, REPORT_FOLDER } from './folders';
import type { HuntContext } from './hunt-context';
import { linesOfFiles, writeLineFiles } from './line-files';
import { PackReader } from './pack-reader';
import { READ_COUNTS, totalOf } from './read-counts';
import { MOST_INCIDENTS } from '../hunt-names';
import { picturesIn, RESULTS, type WrittenReport } from './report-files';
import type { Finding } from '../detection/model/finding';
import type { WorkStore } from './work-store';

type Counts = JudgedWorkloads['counts'];

/** What judging a part writes: its counts, and a line for each workload with findings. */
export type JudgedLine =
  { readonly counts: Counts } | { readonly workload: WorkloadFindings } | { readonly informed: Informed };

/** The findings of all parts, grouped. */
async function combineParts({ store, settings }: HuntContext): Promise<Detection> {
  const packs = new PackReader(store);
  const workloads: WorkloadFindings[] = [];
  const informed: Informed[] = [];
  const counts = { workloads: 0, unproven: 0, disproved: 0, relayed: 0 };
  for await (const text of packs.lines(folder.judged)) {
    const line = judgedLineIn(text);
    if ('workload' in line) workloads.push(line.workload);
    else if ('informed' in line) informed.push(line.informed);
    else addCounts(counts, line.counts);
  }
  const combined = combineFindings(workloads, earliestInformed(informed), settings);
  let sessions = 0;
  for (let group = 0; group < COUNTED; group += 1) {
    const arns = new Set<string>();
    for await (const arn of packs.lines(folder.counted(group))) arns.add(arn);
    sessions += arns.size;
  }
  return { ...combined, counts: { ...counts, sessions } };
}

/** Writes the findings of all parts, grouped, and what was read. */
export async function writeReport(context: HuntContext): Promise<void> {
  const detection = await combineParts(context);
  const { findings, suppressed, counts } = detection;
  const read = await totalOf(context.store);
  const lines = function* (): Generator<string> {
    for (const finding of findings) yield JSON.stringify({ finding });
    for (const finding of suppressed) yield JSON.stringify({ suppressed: finding });
    yield JSON.stringify({ counts, read });
  };
  await writeLineFiles(context.store, REPORT_FOLDER, lines());
  await writeFiles({ detection, read }, context);
}

async function writeFiles(
  written: Pick<WrittenReport, 'detection' | 'read'>,
  { store, settings, ipRanges, reportFiles, incidents = MOST_INCIDENTS }: HuntContext,
): Promise<void> {
  if (!reportFiles) return;
  const report = { ...written, settings, ipRanges, incidents };
  const pictures: WrittenReport['pictures'] = (wanted) => picturesIn(store, wanted);
  for await (const { name, body } of reportFiles.files({ ...report, pictures }))
    await store.put(`${RESULTS}${name}`, body);
}

/** The report that was written. */
export async function readReport(store: WorkStore): Promise<Pick<WrittenReport, 'detection' | 'read' | 'pictures'>> {
  const findings: Finding[] = [];
  const suppressed: Finding[] = [];
  let end: ReportEnd | null = null;
  for await (const text of linesOfFiles(store, REPORT_FOLDER)) {
    const line: unknown = JSON.parse(text);
    if (isLine(line, END)) end = line;
    else if (isLine(line, FINDING)) findings.push(line.finding);
    else if (isLine(line, SUPPRESSED)) suppressed.push(line.suppressed);
  }
  if (!end) throw new Error('the report is not complete');
  const detection = { findings, suppressed, counts: end.counts };
  return { detection, read: end.read, pictures: (wanted) => picturesIn(store, wanted) };
}

function addCounts(sum: { -readonly [Name in keyof Counts]: number }, counts: Counts): void {
  sum.workloads += counts.workloads;
  sum.unproven += counts.unproven;
  sum.disproved += counts.disproved;
  sum.relayed += counts.relayed;
}

function judgedLineIn(text: string): JudgedLine {
  const line: unknown = JSON.parse(text);
  if (!isLine(line, JUDGED_LINE)) throw new Error('a line of the work store is not what judging writes');
  return line;
}

/** Checks without copying: the order of a finding's members is kept. */
function isLine<Value>(line: unknown, schema: z.ZodType<Value>): line is Value {
  return schema.safeParse(line).success;
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
const COUNTS = z.object({
  workloads: z.number(),
  unproven: z.number(),
  disproved: z.number(),
  relayed: z.number(),
});
const FINDING = z.object({ finding: findingSchema });
const SUPPRESSED = z.object({ suppressed: findingSchema });
const END = z.object({ counts: COUNTS.extend({ sessions: z.number() }), read: READ_COUNTS });
type ReportEnd = z.infer<typeof END>;
const JUDGED_LINE = z.union([
  z.object({ counts: COUNTS }),
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
