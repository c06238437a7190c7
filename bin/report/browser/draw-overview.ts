import { rect, text } from '@observablehq/plot';
import type { Severity } from '../../../lambda/detection/model/finding';
import type { Overview } from '../picture';
import { visible } from '../../../lambda/detection/model/printable';
import { at, AXIS, framed, MARGIN, WIDTH, type Span } from './frame';

const ROW = 22;
const MOST_ROWS = 24;

/** Width of the workloads' names, and their length in letters. */
const NAMES = 200;
const LETTERS = 28;

function cut(label: string): string {
  const name = visible(label);
  return name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
}

const LEVELS = ['HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'] as const;

/** One row per incident, or one per severity if there are many. */
export function drawOverview(overview: Overview, document: Document): Element {
  const { incidents, from, to } = overview;
  const rows = incidents.length <= MOST_ROWS ? incidentRows(overview) : levelRows(overview);
  const names = [...new Map(rows.map(({ name, y }) => [y, { name, y }])).values()];
  const marks = [
    rect(rows, {
      x1: ({ first }: Span) => at(first),
      x2: ({ last }: Span) => at(last),
      y1: ({ y, tall }: OverviewRow) => y - tall,
      y2: ({ y, tall }: OverviewRow) => y + tall,
      fill: 'colour',
      fillOpacity: 'strength',
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
  const height = Math.max(...rows.map(({ y }) => y), AXIS) + ROW;
  const element = framed({ from, to, height, left: NAMES }, marks, document);
  element.setAttribute('aria-label', 'Incidents over time; the list below has the times.');
  // For the selection of a period.
  const scale = { from, to, left: NAMES, right: WIDTH - MARGIN };
  for (const [name, value] of Object.entries(scale)) element.setAttribute(`data-${name}`, String(value));
  return element;
}

interface OverviewRow extends Span {
  readonly name: string;
  readonly y: number;
  /** Half of a mark's height, in pixels. */
  readonly tall: number;
  readonly colour: string;
  readonly strength: number;
}

function incidentRows({ incidents, from, to }: Overview): OverviewRow[] {
  const pixel = (to - from) / WIDTH;
  return incidents.flatMap(({ first, last, calls, label, severity }, row) => {
    const look = { name: cut(label), y: AXIS + row * ROW + ROW / 2, colour: colourOf(severity) };
    const span = { ...look, first, last: Math.max(last, first + pixel * 4), tall: 2, strength: 0.45 };
    return [span, ...calls.map((time) => ({ ...look, first: time, last: time + pixel * 2, tall: 6, strength: 1 }))];
  });
}

const BINS = 150;
const BIN_ROW = 46;

/** Number of incidents by severity and time of first sighting. */
function levelRows({ incidents, from, to }: Overview): OverviewRow[] {
  const width = (to - from) / BINS;
  const levels = LEVELS.filter((level) => incidents.some(({ severity }) => severity === level));
  return levels.flatMap((level, row) => {
    const counts = new Map<number, number>();
    for (const { first, severity } of incidents) {
      const bin = Math.floor((first - from) / width);
      if (severity === level) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const most = Math.max(...counts.values());
    return [...counts].map(([bin, count]) => ({
      first: from + bin * width,
      last: from + (bin + 0.85) * width,
      name: level.toLowerCase(),
      y: AXIS + row * BIN_ROW + BIN_ROW / 2,
      tall: 2 + (count / most) * (BIN_ROW / 2 - 5),
      colour: colourOf(level),
      strength: 1,
    }));
  });
}

function colourOf(severity: Severity): string {
  return `var(--${severity.toLowerCase()})`;
}
