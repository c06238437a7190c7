import { escaped } from '../detection/model/printable';
import { cut } from '../kubernetes/act';
import { keptText } from '../kubernetes/kept-text';

const LONGEST = 256;
/** Of what agents write where they know nothing. */
const NOTHING: ReadonlySet<string> = new Set(['<NA>', 'N/A', '(none)']);

/** A text that a process may have chosen, as `Alarm` keeps it; null where there is none. */
export function shownText(value: unknown): string | null {
  const text = keptText(value);
  return text === null || NOTHING.has(text) ? null : cut(escaped(text), LONGEST);
}

/** Of an alarm: what tells it from others. */
export function alarmKey(parts: readonly (string | null)[]): string {
  return cut(escaped(parts.join('/')), 700);
}
