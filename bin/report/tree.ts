import { visible } from '../../lambda/detection/model/printable';
import type { Drawing } from './picture';

/** Part of the page, rendered to HTML when the report is written or to elements in the browser. A string is text, never markup. */
export type Piece = string | TreeElement | DrawingLeaf | readonly Piece[] | null;

export interface TreeElement {
  readonly tag: string;
  /** `true`: an attribute without a value; null: no attribute. */
  readonly attributes: Readonly<Record<string, string | true | null>>;
  readonly children: readonly Piece[];
}

/** A picture, drawn when the page is rendered. */
export interface DrawingLeaf {
  readonly drawing: Drawing;
}

type Attributes = TreeElement['attributes'];

export function el(tag: string, attributes: Attributes = {}, ...children: readonly Piece[]): TreeElement {
  return { tag, attributes, children };
}

const VOID = new Set(['input', 'meta', 'br', 'wbr']);
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one);
}

/** The tree as HTML. `draw` gives the markup of a drawing. */
export function htmlOf(piece: Piece, draw: (drawing: Drawing) => string): string {
  if (piece === null) return '';
  if (typeof piece === 'string') return escaped(piece);
  if (isList(piece)) return piece.map((one) => htmlOf(one, draw)).join('');
  if ('drawing' in piece) return draw(piece.drawing);
  const { tag, attributes, children } = piece;
  const written = Object.entries(attributes).map(([name, value]) => {
    if (value === null) return '';
    return value === true ? ` ${name}` : ` ${name}="${escaped(value)}"`;
  });
  const start = `<${tag}${written.join('')}>`;
  return VOID.has(tag) ? start : `${start}${htmlOf(children, draw)}</${tag}>`;
}

export function isList(piece: Piece): piece is readonly Piece[] {
  return Array.isArray(piece);
}
