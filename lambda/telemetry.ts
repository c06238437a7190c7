import type { MetricName } from './environment';

/** One structured line each. Never the content of records: only names, counts, ids and reasons. */
export interface Log {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** Counts and measures; nothing is lost by forgetting to flush but the figures. */
export interface Meter {
  /** Adds to a count, of all or by one dimension. Adding nothing is nothing. */
  count(name: MetricName, times?: number, by?: Readonly<Record<string, string>>): void;
  milliseconds(name: MetricName, value: number): void;
  flush(): void;
}

/** What is said of an error: its name and message, never its cause's content. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
