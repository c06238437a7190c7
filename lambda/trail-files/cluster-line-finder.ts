import { NOWHERE, unwrapAudit } from '../kubernetes/unwrap-audit';
import { unwrapAlarms } from '../runtime/unwrap-alarms';
import type { ClusterLineFinder, ClusterLines } from './cluster-lines';
import { objectEnd } from './object-end';
import { UNFINISHED, type Piece } from './piece';

/** A subscription's payload may hold a megabyte compressed. */
const LONGEST = 32 * 1024 * 1024;
/** Within it an object of an audit log has the id of its first event. */
const HEAD = 4_096;
/** Within it a line of an agent has one of its words: command lines may stand before. */
const AGENT_HEAD = 64 * 1024;
const BEGINS_EVENT = /\{"kind":"Event","apiVersion":"audit\.k8s\.io\//y;
/** In the forms of Falco, falcosidekick and Tetragon. */
const BEGINS_ALARM = /\{"(?:hostname|output|uuid|process_\w+)":/y;
const TIME_BEFORE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z[ \t]+$/;
const LONGEST_TIME = 40;
/** What begins another line, and no part of an object that is written on several. */
const BEGINS_LINE = /\s*(?:\{|\d{4}-|$)/y;

export const CLUSTER_LINE_FINDER: ClusterLineFinder = { unwrap, take };

function unwrap(value: unknown, into: ClusterLines): boolean {
  return unwrapAudit(value, into) || unwrapAlarms(value, into);
}

function take(piece: Piece, at: number, into: ClusterLines): number | null {
  if (!piece.hasAuditId(at, at + HEAD) && !piece.hasAgentWord(at, at + AGENT_HEAD)) return null;
  const { bytes, text, last } = piece;
  const lineEnd = lineEndOf(piece, at);
  const taken = lineEnd < 0 ? null : takeLine(piece, at, lineEnd, into);
  if (taken !== null) return taken;
  const end = objectEnd(bytes, text, at);
  if (end < 0) return !last && text.length - at < LONGEST ? UNFINISHED : null;
  return unwrap(piece.parse(at, end), into) ? end : null;
}

/** Where the line ends that an Event or alarm begins in the form in which it is written; -1 for any other object. */
function lineEndOf({ text, last }: Piece, at: number): number {
  if (!matchesAt(BEGINS_EVENT, text, at) && !matchesAt(BEGINS_ALARM, text, at)) return -1;
  const newline = text.indexOf('\n', at);
  return newline < 0 && last ? text.length : newline;
}

/** JSON has no line breaks in its strings, so what is written on one line ends with it at the latest: a longer one was cut. */
function takeLine(piece: Piece, at: number, lineEnd: number, into: ClusterLines): number | null {
  if (unwrap(piece.parse(at, lineEnd), into)) return lineEnd;
  const end = objectEnd(piece.bytes.subarray(0, lineEnd), piece.text.slice(0, lineEnd), at);
  if (end > 0 && unwrap(piece.parse(at, end), into)) return end;
  const line = piece.bytes.toString('utf8', at, lineEnd);
  if (!matchesAt(BEGINS_EVENT, piece.text, at)) return end < 0 ? takeCutAlarm(piece, line, lineEnd, into) : null;
  const time = TIME_BEFORE.exec(piece.text.slice(Math.max(0, at - LONGEST_TIME), at))?.[0] ?? '';
  if (!unwrap(`${time}${line}`, into)) into.line({ ...NOWHERE, line });
  return lineEnd;
}

function takeCutAlarm({ text }: Piece, line: string, lineEnd: number, into: ClusterLines): number | null {
  if (!matchesAt(BEGINS_LINE, text, lineEnd)) return null;
  const isOfTetragon = line.startsWith('{"process_');
  into.alarm({ ...NOWHERE, agent: isOfTetragon ? 'tetragon' : 'falco', line });
  return lineEnd;
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}
