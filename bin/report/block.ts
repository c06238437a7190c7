import { el, type Piece } from './tree';

/** A part of an incident under a small heading. */
export function block(heading: string, ...content: readonly Piece[]): Piece {
  return el('section', { class: 'block' }, el('h4', {}, heading), content);
}

/** Begins with a capital, unless it begins with an id or address, and ends with a full stop. */
export function sentence(text: string): string {
  const start = /^[a-z]+[\s,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
