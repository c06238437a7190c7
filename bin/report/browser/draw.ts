import type { Drawing } from '../picture';
import { drawIncident } from './draw-incident';
import { drawOverview } from './draw-overview';

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
