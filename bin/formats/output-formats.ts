import { ASFF } from './asff';
import { HTML } from './html';
import { JSON_LINES } from './jsonl';
import type { OutputFormat } from './output-format';
import { TABLE } from './table';

/** Values of `replay --format`; the first is the default. */
export const OUTPUT_FORMATS = [TABLE, JSON_LINES, ASFF, HTML] as const satisfies readonly OutputFormat[];

export function namesOf(formats: readonly OutputFormat[]): string[] {
  return formats.map(({ name }) => name);
}
