import { NOWHERE, unwrapAudit, type AuditLines } from '../kubernetes/unwrap-audit';
import { objectEnd } from './object-end';
import { UNFINISHED, type Piece } from './piece';

/** A subscription's payload may hold a megabyte compressed. */
const LONGEST = 32 * 1024 * 1024;
/** Within it an object of an audit log has the id of its first event. */
const HEAD = 4_096;
const BEGINS_EVENT = /\{"kind":"Event","apiVersion":"audit\.k8s\.io\//y;
const TIME_BEFORE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z[ \t]+$/;
const LONGEST_TIME = 40;

/**
 * Passes on what the object that begins at `at` holds of an audit log. Returns the index behind it, `UNFINISHED`
 * if that is not in the piece, null for any other object.
 */
export function takeAudit(piece: Piece, at: number, into: AuditLines | null): number | null {
  if (into === null || !piece.hasAuditId(at, at + HEAD)) return null;
  const { bytes, text, last } = piece;
  const lineEnd = lineEndOf(piece, at);
  if (lineEnd > 0) return takeLine(piece, at, lineEnd, into);
  const end = objectEnd(bytes, text, at);
  if (end < 0) return !last && text.length - at < LONGEST ? UNFINISHED : null;
  return unwrapAudit(piece.parse(at, end), into) ? end : null;
}

/** Where the line ends that an Event begins in the form in which the API server writes it; -1 for any other object. */
function lineEndOf({ text, last }: Piece, at: number): number {
  BEGINS_EVENT.lastIndex = at;
  if (!BEGINS_EVENT.test(text)) return -1;
  const newline = text.indexOf('\n', at);
  return newline < 0 && last ? text.length : newline;
}

/** JSON has no line breaks in its strings, so an Event on one line ends with it at the latest: a longer one was cut. */
function takeLine(piece: Piece, at: number, lineEnd: number, into: AuditLines): number {
  if (unwrapAudit(piece.parse(at, lineEnd), into)) return lineEnd;
  const end = objectEnd(piece.bytes.subarray(0, lineEnd), piece.text.slice(0, lineEnd), at);
  if (end > 0 && unwrapAudit(piece.parse(at, end), into)) return end;
  const line = piece.bytes.toString('utf8', at, lineEnd);
  const time = TIME_BEFORE.exec(piece.text.slice(Math.max(0, at - LONGEST_TIME), at))?.[0] ?? '';
  if (!unwrapAudit(`${time}${line}`, into)) into.line({ ...NOWHERE, line });
  return lineEnd;
}
