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
  // The whole has one name; names of its parts would only be noise.
  for (const named of element.querySelectorAll('[aria-label], [aria-hidden]')) {
    named.removeAttribute('aria-label');
    named.removeAttribute('aria-hidden');
  }
  element.setAttribute('role', 'img');
  return element;
}
