import type { MetricName } from './environment';

/** Writes structured lines, without the content of records: only names, counts, ids and reasons. */
export interface Log {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** Counts and measures. Figures are lost if `flush` is not called. */
export interface Meter {
  /** Adds to a count, in total or by one dimension. Adding 0 has no effect. */
  count(name: MetricName, times?: number, by?: Readonly<Record<string, string>>): void;
  milliseconds(name: MetricName, value: number): void;
  flush(): void;
}

/** An error's name and message, without its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
