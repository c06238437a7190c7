import { axisX, gridX, plot, type Markish } from '@observablehq/plot';
import { tickLabels } from './tick-labels';

/** In pixels; drawings scale with the page. */
export const WIDTH = 1120;
export const MARGIN = 14;
/** Of the axis on top. */
export const AXIS = 30;

export interface Frame {
  readonly from: number;
  readonly to: number;
  readonly height: number;
  /** Left margin. */
  readonly left: number;
}

/** An SVG element with a time axis on top; marks are placed by time and by pixels from above. */
export function framed({ from, to, height, left }: Frame, marks: Markish[], document: Document): Element {
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
    y: { type: 'identity', axis: null },
    marks: [
      gridX(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX(ticks, { anchor: 'top', tickFormat: label, tickSize: 0, fill: 'var(--dim)', fontSize: 11, label: null }),
      ...marks,
    ],
  });
}

/** In epoch seconds. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export function at(seconds: number): Date {
  return new Date(seconds * 1_000);
}
