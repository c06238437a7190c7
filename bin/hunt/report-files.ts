import type { ReportFiles, WrittenReport } from '../../lambda/hunting/report-files';
import { CSV } from '../formats/csv';
import { HTML } from '../formats/html';
import { JSON_LINES } from '../formats/jsonl';
import type { OutputFormat, ReplayResult } from '../formats/output-format';
import { incidentPicture } from '../report/incident-picture';
import { huntResult, worstOf } from './hunt-result';

const FINDINGS = 'findings';
const REST = `${FINDINGS}.csv`;

/** What the deployed report stage writes for people: a page of the worst incidents, and all findings as CSV and JSON Lines. */
export const reportFiles: ReportFiles = { pictureOf: incidentPicture, files };

async function* files(report: WrittenReport): AsyncGenerator<{ readonly name: string; readonly body: Buffer }> {
  const view = {
    asffAccount: undefined,
    columns: 100,
    colours: false,
    long: false,
    minSeverity: 'INFORMATIONAL',
  } as const;
  const result = huntResult(report, view);
  for (const format of [JSON_LINES, CSV])
    yield { name: `${FINDINGS}.${format.extension}`, body: await bodyOf(format, result) };
  yield { name: 'report.html', body: await bodyOf(HTML, { ...result, excerpt: await worstOf(result, report, REST) }) };
}

async function bodyOf(format: OutputFormat, result: ReplayResult): Promise<Buffer> {
  const writer = await format.start();
  return Buffer.concat(Array.from(writer.write(result), (piece) => Buffer.from(piece)));
}
