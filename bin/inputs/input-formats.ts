import { RECORD_NAMES } from '../../lambda/trail-files/record-names';
import type * as Decoding from '../decoders.js';
import type { OpenContainer } from './container';
import { csvShapeIn } from './tables/csv-shape';

/** The first bytes of a stream: enough for every format's mark. */
export const HEAD_BYTES = 4096;
/** A shorter text may be a word. */
const IS_BASE64 = /^[A-Za-z0-9+/_-]{40}[A-Za-z0-9+/_=\s-]*$/;

/** Archives and compressed streams, in which files are; gzip is opened while reading. */
export interface ContainerFormat {
  readonly name: string;
  readonly recognises: (head: Buffer) => boolean;
  readonly open: OpenContainer;
  /** It is one text, which people know by its own first bytes. */
  readonly isEncoding?: boolean;
}

/** Rows or items, each of which may hold a record. */
export interface TableFormat {
  readonly name: string;
  readonly recognises: (head: Buffer) => boolean;
  readonly rows: (source: AsyncIterable<Uint8Array>, head: Buffer) => AsyncIterable<unknown>;
}

/** Where an item of the AWS CLI's YAML, or a record in YAML, begins. */
const YAML_ITEM = new RegExp(
  String.raw`^\s*(?:- )?CloudTrailEvent: |^\s*- (?:'\{|"\{\\"|(?:${RECORD_NAMES.join('|')}): )`,
  'm',
);

type Decoders = typeof Decoding;

/** A bundle of its own. */
const decoders = (): Promise<Decoders> => import('../decoders.js');

const startsWith =
  (...bytes: readonly number[]) =>
  (head: Buffer): boolean =>
    bytes.every((byte, at) => head[at] === byte);

const isZip = startsWith(0x50, 0x4b, 3, 4);
const isGzip = startsWith(0x1f, 0x8b);

function hasPassword(head: Buffer): boolean {
  return isZip(head) && ((head[6] ?? 0) & 1) === 1;
}

function mayHoldRecords(head: Buffer): boolean {
  return isGzip(head) || isZip(head) || /^\s*[[{]|"\w+"\s*:/.test(head.toString());
}

/** What the first word holds if the text is base64 and nothing else; empty for any other text. */
function decodedHead(head: Buffer): Buffer {
  const text = head.toString('latin1').trimStart();
  return Buffer.from(IS_BASE64.test(text) ? (text.split(/\s/, 1)[0] ?? '') : '', 'base64');
}

export const CONTAINER_FORMATS: readonly ContainerFormat[] = [
  {
    name: 'zip archive',
    // Of one with a password, a flag of its first file tells.
    recognises: (head) => isZip(head) && !hasPassword(head),
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
  {
    name: 'zlib stream',
    recognises: (head) => head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? 0),
    open: async function* (source) {
      yield* (await decoders()).zlibMembers(source);
    },
  },
  {
    name: 'base64 text',
    recognises: (head) => mayHoldRecords(decodedHead(head)),
    open: async function* (source) {
      yield* (await decoders()).base64Members(source);
    },
    isEncoding: true,
  },
  {
    name: 'XML or HTML file',
    recognises: (head) => /^\s*<(?:[?!]|[A-Za-z])/.test(head.toString().replace(/^\uFEFF/, '')),
    open: async function* (source) {
      yield* (await decoders()).markupMembers(source);
    },
    isEncoding: true,
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
    name: 'YAML file',
    recognises: (head) => YAML_ITEM.test(head.toString()),
    rows: async function* (source) {
      yield* (await decoders()).yamlItems(source);
    },
  },
  {
    name: 'CSV file',
    recognises: (head) => csvShapeIn(head) !== null,
    rows: async function* (source, head) {
      yield* (await decoders()).csvRows(source, csvShapeIn(head) ?? { delimiter: ',', hasHeader: true });
    },
  },
];
