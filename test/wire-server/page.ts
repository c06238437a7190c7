export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextToken: string | undefined;
}

/** `size` rows from where `token` ends; undefined for a token this server did not give. */
export function page<Row>(rows: readonly Row[], size: number, token: string | undefined): Page<Row> | undefined {
  const start = token === undefined ? 0 : offsetOf(token);
  if (start === undefined || start > rows.length) return undefined;
  const end = start + size;
  return { rows: rows.slice(start, end), nextToken: end < rows.length ? tokenAt(end) : undefined };
}

function tokenAt(offset: number): string {
  return Buffer.from(`wire:${offset}`, 'utf8').toString('base64');
}

function offsetOf(token: string): number | undefined {
  const [, offset] = /^wire:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8')) ?? [];
  return offset === undefined ? undefined : Number(offset);
}
