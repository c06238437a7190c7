import * as z from 'zod';
import { isAtLeast } from '../../lambda/detection/detect';
import type { Severity } from '../../lambda/detection/model/finding';
import { SkippedRecords } from '../../lambda/fact-reading/skipped-records';
import type { WrittenReport } from '../../lambda/hunting/report-files';
import { totalUnread, unreadTexts } from '../../lambda/hunting/unread-files';
import type { ReplayResult, ReportExcerpt } from '../formats/output-format';
import type { Picture } from '../report/picture';
import { NO_AUDIT, type ReadCounts } from '../report/summary';
import { picturesShown, worstIncidents } from '../report/worst-incidents';

/** How findings are shown. */
export type HuntView = Pick<ReplayResult, 'asffAccount' | 'columns' | 'colours' | 'long'> & {
  readonly minSeverity: Severity;
};

/** What a hunt found, as the formats write it. */
export function huntResult(
  { detection, read, settings, ipRanges }: Omit<WrittenReport, 'pictures' | 'incidents'>,
  { minSeverity, ...view }: HuntView,
): ReplayResult {
  const findings = detection.findings.filter((finding) => isAtLeast(finding, minSeverity));
  return {
    findings,
    hidden: detection.findings.length - findings.length,
    detection,
    seen: () => ({ accounts: read.accounts, span: read.span }),
    read: readCounts(read),
    settings,
    ipRanges,
    excerpt: null,
    postures: () => [],
    ...view,
  };
}

/** The worst incidents, with their pictures. `rest`: name of a file with all findings, if they are more. */
export async function worstOf(
  { findings }: ReplayResult,
  { pictures, incidents }: Pick<WrittenReport, 'pictures' | 'incidents'>,
  rest: string | null,
): Promise<ReportExcerpt> {
  const worst = worstIncidents(findings, incidents);
  const found = await pictures(picturesShown(worst.findings));
  return { ...worst, pictures: new Map([...found].filter(isOfPicture)), rest };
}

const TIMED = z.array(z.object({ time: z.number(), text: z.string() }));
const PICTURE = z.object({
  kind: z.literal('incident'),
  fleet: z.boolean(),
  from: z.number(),
  to: z.number(),
  lanes: z.array(
    z.object({
      origin: z.string(),
      trusted: z.boolean(),
      because: z.string(),
      why: z.string(),
      since: z.nullable(z.number()),
      until: z.nullable(z.number()),
      calls: z.array(z.object({ time: z.number(), text: z.string(), suspicious: z.boolean(), failed: z.boolean() })),
    }),
  ),
  more: z.number(),
  issued: TIMED,
  changes: TIMED,
}) satisfies z.ZodType<Picture>;

function isOfPicture(entry: [string, unknown]): entry is [string, Picture] {
  return PICTURE.safeParse(entry[1]).success;
}

/** The records of which sentences are composed. */
export function skippedIn(read: WrittenReport['read']): SkippedRecords {
  const skipped = new SkippedRecords();
  skipped.addKept(read);
  return skipped;
}

function readCounts(read: WrittenReport['read']): ReadCounts {
  const { files, records, skipped, unread } = read;
  // An issuance shows whose the credentials are as well.
  const unattributable = read.hasIssuances ? [] : skippedIn(read).unattributable();
  const problems = [...read.problems, ...unattributable].sort((a, b) =>
    a.file < b.file ? -1 : Number(a.file > b.file),
  );
  const counts = { files, records, audit: NO_AUDIT, skipped: new Map(Object.entries(skipped)), problems, digests: [] };
  const { incomplete: _, ...others } = unread;
  // Files that were not read to the end are counted among the inputs, and need no text.
  const texts = totalUnread(others) === 0 ? [] : unreadTexts(unread);
  return { ...counts, unread: { inputs: totalUnread(unread) + unattributable.length, texts } };
}
