import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { CsvShape } from './csv-shape';

/** The longest row: a record with its fields in columns and as a whole. */
const LONGEST_ROW = 8 * 1024 * 1024;

/** The rows of a CSV file: objects by its header, or lists of cells without one. Rows that cannot be read are passed over. */
export async function* csvRows(source: AsyncIterable<Uint8Array>, { delimiter, hasHeader }: CsvShape): AsyncGenerator {
  const parser = parse({
    bom: true,
    columns: hasHeader,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_ROW,
  });
  const input = Readable.from(source);
  input.on('error', (error) => parser.destroy(error));
  for await (const row of input.pipe(parser)) yield row;
}
