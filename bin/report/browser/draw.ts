import { axisX, dot, gridX, plot, rect, ruleX, ruleY, text, type Markish } from '@observablehq/plot';
import type { Drawing, Lane, LaneCall, Moment, Overview, Picture } from '../picture';
import { tickLabels } from './tick-labels';

const WIDTH = 1120;
const MARGIN = 14;
const AXIS = 30;
const MOMENTS = 26;
const LANE = 44;
/** Of a lane's line of calls, below the lane's top. */
const LINE = 29;
const BAND = 8;
const ROW = 22;
/** Beyond it rows are too many to read; the dots then share one per severity. */
const MOST_ROWS = 24;
const NARROWEST = 3;

/** An SVG element; `document` is the browser's or one that only writes. */
export function draw(drawing: Drawing, document: Document): Element {
  const element = drawing.kind === 'incident' ? drawIncident(drawing, document) : drawOverview(drawing, document);
  // The page's policy allows no styles but its own.
  for (const style of element.querySelectorAll('style')) style.remove();
  for (const styled of element.querySelectorAll('[style]')) styled.removeAttribute('style');
  element.removeAttribute('style');
  element.setAttribute('role', 'img');
  return element;
}

interface Frame {
  readonly from: number;
  readonly to: number;
  readonly height: number;
  /** Room before the first moment. */
  readonly left: number;
}

function framed({ from, to, height, left }: Frame, marks: Markish[], document: Document): Element {
  const { ticks, label } = tickLabels(from, to, WIDTH - left - MARGIN);
  return plot({
    document,
    width: WIDTH,
    height,
    marginTop: AXIS,
    marginBottom: 4,
    marginLeft: left,
    marginRight: MARGIN,
    className: 'drawing',
    x: { type: 'utc', domain: [at(from), at(to)] },
    y: { type: 'identity' },
    marks: [
      gridX(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX(ticks, { anchor: 'top', tickFormat: label, tickSize: 0, fill: 'var(--dim)', fontSize: 11, label: null }),
      ...marks,
    ],
  });
}

function drawIncident(picture: Picture, document: Document): Element {
  const { lanes, issued, changes, from, to } = picture;
  const hasMoments = issued.length + changes.length > 0;
  const top = AXIS + (hasMoments ? MOMENTS : 4);
  const height = top + lanes.length * LANE + 8;
  const rows = lanes.map((lane, row) => ({ ...lane, y: top + row * LANE }));
  const marks = [
    ...theftWindow(picture, top, height),
    ...momentMarks(picture, height),
    ...rows.flatMap((row) => laneMarks(row, picture)),
  ];
  const element = framed({ from, to, height, left: MARGIN }, marks, document);
  element.setAttribute('aria-label', spoken(picture));
  return element;
}

/** From the first suspicious call to the last, over all lanes. */
function theftWindow({ lanes, from, to }: Picture, top: number, height: number): Markish[] {
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
      fill: 'var(--theft-wash)',
    }),
  ];
}

interface Span {
  readonly first: number;
  readonly last: number;
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
    dot(changes, { x: timeOf, y: () => y, symbol: 'triangle', r: 4.5, fill: 'var(--change)', title: told }),
    dot(issued, {
      x: timeOf,
      y: () => y,
      symbol: 'diamond',
      r: 4.5,
      fill: 'var(--card)',
      stroke: 'var(--ink)',
      strokeWidth: 1.4,
      title: told,
    }),
  ];
}

type Row = Lane & { readonly y: number };

function laneMarks(row: Row, { from, to }: Picture): Markish[] {
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
    ruleX(own, { x: timeOf, y1: line - 5, y2: line + 5, stroke: 'var(--trust)', strokeWidth: 1.3, title: told }),
    dot(theirs, {
      x: timeOf,
      y: () => line,
      r: 4.6,
      fill: fillOf,
      stroke: 'var(--high)',
      strokeWidth: 1.6,
      title: told,
    }),
    label(row, from, 0, origin, {
      fill: isSuspect || !trusted ? 'var(--high)' : 'var(--ink)',
      fontWeight: 600,
      fontFamily: 'var(--mono)',
    }),
    label(row, from, origin.length * 7.3 + 10, `${because}${trusted && isSuspect ? ', then not any more' : ''}`, {
      fill: colour,
      fontWeight: 400,
    }),
  ];
}

function label({ y }: Row, from: number, dx: number, words: string, style: object): Markish {
  return text([words], {
    x: () => at(from),
    y: () => y + 11,
    text: (one: string) => one,
    dx,
    textAnchor: 'start',
    fontSize: 12,
    stroke: 'var(--card)',
    strokeWidth: 4,
    ...style,
  });
}

/** Refused calls are hollow. */
function fillOf({ failed }: LaneCall): string {
  return failed ? 'var(--card)' : 'var(--high)';
}

function timeOf({ time }: Moment): Date {
  return at(time);
}

function told({ time, text: words }: Moment): string {
  return `${at(time).toISOString().slice(0, 19).replace('T', ' ')}  ${words}`;
}

function at(seconds: number): Date {
  return new Date(seconds * 1_000);
}

function spoken({ lanes, more }: Picture): string {
  const told = lanes.map(({ origin, trusted, because, calls }) => {
    const suspicious = calls.filter((call) => call.suspicious).length;
    const said = suspicious > 0 ? `${suspicious} suspicious marks` : `${calls.length} marks`;
    return `${origin}, ${trusted ? 'trusted' : 'not trusted'} (${because}): ${said}`;
  });
  return `Timeline of the workload’s origins. ${told.join('. ')}.${more > 0 ? ` ${more} more.` : ''}`;
}

/** Names of workloads, and letters of them. */
const NAMES = 200;
const LETTERS = 28;

function cut(name: string): string {
  return name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
}

const LEVELS = ['HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'] as const;

/** A row for each incident, or where there are too many, one for each severity. */
function drawOverview({ incidents, from, to }: Overview, document: Document): Element {
  const single = incidents.length <= MOST_ROWS;
  const levels = LEVELS.filter((level) => incidents.some(({ severity }) => severity === level));
  const count = single ? incidents.length : levels.length;
  const least = ((to - from) / WIDTH) * 6;
  const rows = incidents.map((incident, row) => {
    const y = AXIS + (single ? row : levels.indexOf(incident.severity)) * ROW + ROW / 2;
    return {
      ...incident,
      last: Math.max(incident.last, incident.first + least),
      y,
      colour: `var(--${incident.severity.toLowerCase()})`,
    };
  });
  const names = single
    ? rows.map(({ label: name, y }) => ({ name: cut(name), y }))
    : levels.map((level, row) => ({ name: level.toLowerCase(), y: AXIS + row * ROW + ROW / 2 }));
  const marks = [
    rect(rows, {
      x1: ({ first }: Span) => at(first),
      x2: ({ last }: Span) => at(last),
      y1: ({ y }: { y: number }) => y - 4,
      y2: ({ y }: { y: number }) => y + 4,
      rx: 2,
      fill: 'colour',
      fillOpacity: single ? 1 : 0.5,
    }),
    text(names, {
      frameAnchor: 'left',
      y: 'y',
      text: 'name',
      dx: -10,
      textAnchor: 'end',
      fontSize: 11,
      fontFamily: 'var(--mono)',
      fill: 'var(--dim)',
    }),
  ];
  const element = framed({ from, to, height: AXIS + count * ROW + 8, left: NAMES }, marks, document);
  element.setAttribute(
    'aria-label',
    `${incidents.length} incidents against time; the list below tells when each was first seen.`,
  );
  return element;
}
