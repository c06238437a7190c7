import { extname } from 'node:path';
import type { OutputFormat } from './output-format';
import { OUTPUT_FORMATS } from './output-formats';

/** What findings are written as: the format that is named, else that of the file's extension, else the first. */
export function formatOf({ format, out = '' }: { readonly format?: string; readonly out?: string }): OutputFormat {
  const named = OUTPUT_FORMATS.find(({ name }) => name === format);
  return (
    named ??
    OUTPUT_FORMATS.find(({ extension }) => format === undefined && extname(out) === `.${extension}`) ??
    OUTPUT_FORMATS[0]
  );
}
