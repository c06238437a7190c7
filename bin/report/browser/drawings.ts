import { parseHTML } from 'linkedom';
import type { Drawing } from '../picture';
import { draw } from './draw';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** The markup of an SVG element. Coordinates are rounded to a hundredth of a pixel. */
export function drawingMarkup(drawing: Drawing): string {
  return rounded(draw(drawing, document).outerHTML);
}

/** Changes attributes only, not text. */
function rounded(markup: string): string {
  return markup.replace(/<[^>]*>/g, (tag) => tag.replace(/(\d+\.\d\d)\d+/g, '$1'));
}
