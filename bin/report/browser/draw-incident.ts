import { dot, rect, ruleX, ruleY, text, type Markish } from '@observablehq/plot';
import type { Lane, LaneCall, Moment, Picture } from '../picture';
import { visible } from '../../../lambda/detection/model/printable';
import { at, AXIS, framed, MARGIN, WIDTH, type Span } from './frame';

const MOMENTS = 26;
const LANE = 44;
/** Distance of a lane's line of calls from its top. */
const LINE = 29;
const BAND = 8;
const NARROWEST = 3;
/** Width of a monospaced letter. */
const LETTER = 7.3;

/** Lanes of origins with their calls and lock, below the issuances and changes of the workload. */
export function drawIncident(picture: Picture, document: Document): Element {
  const { lanes, issued, changes, from, to } = picture;
  const hasMoments = issued.length + changes.length > 0;
  const top = AXIS + (hasMoments ? MOMENTS : 4);
  const height = top + lanes.length * LANE + 8;
  const rows = lanes.map((lane, row) => ({ ...lane, y: top + row * LANE }));
  const marks = [
    ...suspiciousPeriod(picture, top, height),
    ...momentMarks(picture, height),
    ...rows.flatMap((row) => laneMarks(row, picture)),
  ];
  const element = framed({ from, to, height, left: MARGIN }, marks, document);
  element.setAttribute('aria-label', describe(picture));
  return element;
}

/** From the first suspicious call to the last, over all lanes. */
function suspiciousPeriod({ lanes, from, to }: Picture, top: number, height: number): Markish[] {
  const times = lanes.flatMap(({ calls }) => calls.filter(({ suspicious }) => suspicious).map(({ time }) => time));
  if (times.length === 0) return [];
  const least = ((to - from) / WIDTH) * NARROWEST;
  const first = Math.min(...times);
  const last = Math.max(...times, first + least);
  return [
    rect([{ first, last }], {
      x1: ({ first: x }: Span) => at(x - least),
      x2: ({ last: x }: Span) => at(x + least),
      y1: top,
      y2: height - 4,
      fill: 'var(--suspicious-wash)',
    }),
  ];
}

function momentMarks({ issued, changes }: Picture, height: number): Markish[] {
  const y = AXIS + MOMENTS / 2;
  return [
    ruleX(changes, {
      x: timeOf,
      y1: y,
      y2: height - 4,
      stroke: 'var(--dim)',
      strokeDasharray: '2,3',
      strokeOpacity: 0.7,
    }),
    dot(changes, { x: timeOf, y: () => y, symbol: 'triangle', r: 4.5, fill: 'var(--change)', title: tooltip }),
    dot(issued, {
      x: timeOf,
      y: () => y,
      symbol: 'diamond',
      r: 4.5,
      fill: 'var(--card)',
      stroke: 'var(--ink)',
      strokeWidth: 1.4,
      title: tooltip,
    }),
  ];
}

type Row = Lane & { readonly y: number };

function laneMarks(row: Row, { fleet, from, to }: Picture): Markish[] {
  const { y, trusted, origin, because, calls, since, until } = row;
  const line = y + LINE;
  const own = calls.filter(({ suspicious }) => !suspicious);
  const theirs = calls.filter(({ suspicious }) => suspicious);
  const isSuspect = theirs.length > 0;
  const colour = isSuspect ? 'var(--high)' : 'var(--trust)';
  const band = since === null ? [] : [{ first: Math.max(since, from), last: Math.min(until ?? to, to) }];
  return [
    ruleY([line], { stroke: isSuspect ? 'var(--high)' : 'var(--line-strong)', strokeDasharray: '1,3' }),
    rect(band, {
      x1: ({ first }: Span) => at(first),
      x2: ({ last }: Span) => at(last),
      y1: line - BAND,
      y2: line + BAND,
      fill: 'var(--trust-wash)',
    }),
    ruleX(band, {
      x: ({ first }: Span) => at(first),
      y1: line - BAND,
      y2: line + BAND,
      stroke: 'var(--trust)',
      strokeWidth: 2.5,
    }),
    ruleX(own, { x: timeOf, y1: line - 5, y2: line + 5, stroke: 'var(--trust)', strokeWidth: 1.8, title: tooltip }),
    dot(theirs, {
      x: timeOf,
      y: () => line,
      r: 4.6,
      fill: fillOf,
      stroke: 'var(--high)',
      strokeWidth: 1.6,
      title: tooltip,
    }),
    words(row, from, {
      text: [origin],
      dx: 0,
      fill: isSuspect || !trusted ? 'var(--high)' : 'var(--ink)',
      fontWeight: 600,
      fontFamily: 'var(--mono)',
    }),
    words(row, from, {
      text: [`${because}${trusted && isSuspect && !fleet ? ', then suspicious' : ''}`],
      dx: origin.length * LETTER + 10,
      fill: colour,
    }),
  ];
}

interface Words {
  readonly text: string[];
  readonly dx: number;
  readonly fill: string;
  readonly fontWeight?: number;
  readonly fontFamily?: string;
}

/** Beside the top of a lane. */
function words({ y }: Row, from: number, { text: lines, ...style }: Words): Markish {
  return text(lines.map(visible), {
    x: () => at(from),
    y: () => y + 11,
    text: (one: string) => one,
    textAnchor: 'start',
    fontSize: 12,
    stroke: 'var(--card)',
    strokeWidth: 4,
    ...style,
  });
}

/** Failed calls are hollow. */
function fillOf({ failed }: LaneCall): string {
  return failed ? 'var(--card)' : 'var(--high)';
}

function timeOf({ time }: Moment): Date {
  return at(time);
}

function tooltip({ time, text: what }: Moment): string {
  return `${at(time).toISOString().slice(0, 19).replace('T', ' ')}  ${visible(what)}`;
}

function describe({ fleet, lanes, more }: Picture): string {
  const parts = lanes.map(({ origin, trusted, because, calls }) => {
    const suspicious = calls.filter((call) => call.suspicious).length;
    const marks = suspicious > 0 ? `${suspicious} suspicious marks` : `${calls.length} marks`;
    return `${visible(origin)}, ${trusted ? 'trusted' : 'not trusted'} (${because}): ${marks}`;
  });
  return `Timeline of ${fleet ? 'workloads' : 'the workload’s origins'}. ${parts.join('. ')}.${more > 0 ? ` ${more} more.` : ''}`;
}
