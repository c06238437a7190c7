import { ASFF } from './asff';
import { CSV } from './csv';
import { HTML } from './html';
import { JSON_LINES } from './jsonl';
import { OCSF } from './ocsf';
import type { OutputFormat } from './output-format';
import { TABLE } from './table';
import { TIMELINE } from './timeline';

/** Values of `replay --format`; the first is the default. */
export const OUTPUT_FORMATS = [
  TABLE,
  JSON_LINES,
  CSV,
  TIMELINE,
  OCSF,
  ASFF,
  HTML,
] as const satisfies readonly OutputFormat[];

export function namesOf(formats: readonly OutputFormat[]): string[] {
  return formats.map(({ name }) => name);
}
