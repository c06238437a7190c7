import { el, type Piece } from './tree';

/** A part of an incident, with a heading. */
export function block(heading: string, ...content: readonly Piece[]): Piece {
  return el('section', { class: 'block' }, el('h4', {}, heading), content);
}

/** Adds a capital, unless the text starts with an id or address, and a full stop. */
export function sentence(text: string): string {
  const start = /^[a-z]+[\s,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
