import { plainName, RECORD_NAMES } from '../../lambda/trail-files/record-names';
import type * as Decoding from '../decoders.js';
import type { OpenContainer } from './container';

/** The first bytes of a stream: enough for every format's mark. */
export const HEAD_BYTES = 4096;

/** Archives and compressed streams, in which files are; gzip is opened while reading. */
export interface ContainerFormat {
  readonly name: string;
  readonly recognises: (head: Buffer) => boolean;
  readonly open: OpenContainer;
}

/** Rows or items, each of which may hold a record. */
export interface TableFormat {
  readonly name: string;
  readonly recognises: (head: Buffer) => boolean;
  readonly rows: (source: AsyncIterable<Uint8Array>, head: Buffer) => AsyncIterable<unknown>;
}

type Decoders = typeof Decoding;

/** A bundle of its own. */
const decoders = (): Promise<Decoders> => import('../decoders.js');

const startsWith =
  (...bytes: readonly number[]) =>
  (head: Buffer): boolean =>
    bytes.every((byte, at) => head[at] === byte);

export const CONTAINER_FORMATS: readonly ContainerFormat[] = [
  {
    name: 'zip archive',
    recognises: startsWith(0x50, 0x4b, 3, 4),
    open: async function* (source) {
      yield* (await decoders()).zipMembers(source);
    },
  },
  {
    name: 'tar archive',
    recognises: (head) => head.toString('latin1', 257, 262) === 'ustar',
    open: async function* (source) {
      yield* (await decoders()).tarMembers(source);
    },
  },
  {
    name: 'Zstandard file',
    recognises: startsWith(0x28, 0xb5, 0x2f, 0xfd),
    open: async function* (source) {
      yield* (await decoders()).zstdMembers(source);
    },
  },
  {
    name: 'bzip2 file',
    recognises: (head) => /^BZh[1-9]1AY&SY/.test(head.toString('latin1', 0, 10)),
    open: async function* (source) {
      yield* (await decoders()).bzip2Members(source);
    },
  },
  {
    name: 'xz file',
    recognises: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
    open: async function* (source) {
      yield* (await decoders()).xzMembers(source);
    },
  },
];

export const TABLE_FORMATS: readonly TableFormat[] = [
  {
    name: 'Parquet file',
    recognises: startsWith(0x50, 0x41, 0x52, 0x31),
    rows: async function* (source) {
      yield* (await decoders()).parquetRows(source);
    },
  },
  {
    name: 'YAML of the AWS CLI',
    recognises: (head) => /^\s*(?:- )?CloudTrailEvent: |^\s*- (?:'\{|"\{\\")/m.test(head.toString()),
    rows: async function* (source) {
      yield* (await decoders()).yamlItems(source);
    },
  },
  {
    name: 'CSV file',
    recognises: (head) => delimiterIn(head) !== null,
    rows: async function* (source, head) {
      yield* (await decoders()).csvRows(source, delimiterIn(head) ?? ',');
    },
  },
];

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

/** Its rows name no session. */
const IS_EVENT_HISTORY = /^[^\n]*"?AWS access key"?/i;

/** Of a header line with a column that is known; null when there is none. */
function delimiterIn(head: Buffer): string | null {
  const text = head
    .toString()
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^[[{<#]/.test(text) || IS_EVENT_HISTORY.test(text)) return null;
  const [header = '', first = ''] = text.split(/\r?\n/);
  for (const delimiter of [',', '\t', ';', '|']) {
    const columns = header.split(delimiter).map((column) => plainName(column.replaceAll('"', '').trim()));
    const known = columns.filter((column) => COLUMNS.has(column)).length;
    if (known >= 3 || (known > 0 && /"\{""|\{"/.test(first))) return delimiter;
  }
  return null;
}
