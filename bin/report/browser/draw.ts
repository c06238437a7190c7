import type { Drawing } from '../picture';
import { drawIncident } from './draw-incident';
import { drawOverview } from './draw-overview';

/** An SVG element; `document` is the browser's or a server-side one. */
export function draw(drawing: Drawing, document: Document): Element {
  const element = drawing.kind === 'incident' ? drawIncident(drawing, document) : drawOverview(drawing, document);
  // The page's content security policy allows only its own styles.
  for (const style of element.querySelectorAll('style')) style.remove();
  for (const styled of element.querySelectorAll('[style]')) styled.removeAttribute('style');
  element.removeAttribute('style');
  // One label for the whole image; labels of its parts would be noise to screen readers.
  for (const named of element.querySelectorAll('[aria-label], [aria-hidden]')) {
    named.removeAttribute('aria-label');
    named.removeAttribute('aria-hidden');
  }
  element.setAttribute('role', 'img');
  return element;
}
