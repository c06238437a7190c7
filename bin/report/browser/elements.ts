import type { Piece } from '../tree';
import { visible } from '../../../lambda/detection/model/printable';
import { isList } from '../tree';
import { draw } from './draw';

/** The tree as elements of this page; text becomes text nodes and is never parsed. */
export function elementsOf(piece: Piece): Node {
  if (piece === null) return document.createDocumentFragment();
  if (typeof piece === 'string') return document.createTextNode(visible(piece));
  if (isList(piece)) return fragment(piece);
  if ('drawing' in piece) return draw(piece.drawing, document);
  const element = document.createElement(piece.tag);
  for (const [name, value] of Object.entries(piece.attributes))
    if (value !== null) element.setAttribute(name, value === true ? '' : visible(value));
  element.append(fragment(piece.children));
  return element;
}

function fragment(pieces: readonly Piece[]): DocumentFragment {
  const all = document.createDocumentFragment();
  for (const piece of pieces) all.append(elementsOf(piece));
  return all;
}
