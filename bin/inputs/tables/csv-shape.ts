import { plainName, RECORD_NAMES } from '../../../lambda/trail-files/record-names';

/** How the cells of a CSV file are read. */
export interface CsvShape {
  readonly delimiter: string;
  /** False where the first line holds a record. */
  readonly hasHeader: boolean;
}

/** Columns that hold records, or their fields, in exports of Athena, Lake, Splunk, Sentinel, CloudWatch and Datadog. */
const COLUMNS = new Set([
  ...RECORD_NAMES.map(plainName),
  'raw',
  'cloudtrailevent',
  'message',
  '@message',
  'eventdata',
  'eventjson',
  'event',
  'log',
  'source',
  'timegenerated',
]);
const DELIMITERS = [',', '\t', ';', '|'];

/** Its rows name no session. */
const IS_EVENT_HISTORY = /^[^\n]*"?AWS access key"?/i;
/** A cell with JSON, whose quotes are doubled. */
const JSON_CELL = /(?:^|([,\t;|]))"\s*[[{]\s*""/m;

/** Of a file with a header that names known columns, or with JSON in a cell; null for any other. */
export function csvShapeIn(head: Buffer): CsvShape | null {
  const text = head
    .toString()
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^[[{<#]/.test(text) || IS_EVENT_HISTORY.test(text)) return null;
  const [header = '', first = ''] = text.split(/\r?\n/);
  for (const delimiter of DELIMITERS) {
    const columns = header.split(delimiter).map((column) => plainName(column.replaceAll('"', '').trim()));
    const known = columns.filter((column) => COLUMNS.has(column)).length;
    if (known >= 3 || (known > 0 && /"\{""|\{"/.test(first))) return { delimiter, hasHeader: true };
  }
  const cell = JSON_CELL.exec(text);
  if (!cell) return null;
  const delimiter = cell[1] ?? DELIMITERS.find((one) => header.includes(one)) ?? ',';
  return { delimiter, hasHeader: !JSON_CELL.test(header) };
}
