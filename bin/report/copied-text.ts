import { el, type Piece } from './tree';

/** Preformatted text with a button that copies it; `label` is for screen readers. */
export function copiedText(label: string, text: string): Piece {
  return el(
    'div',
    { class: 'command' },
    el('pre', { tabindex: '0', role: 'group', 'aria-label': label }, el('code', {}, text)),
    el('button', { type: 'button', class: 'copy' }, 'Copy'),
  );
}
