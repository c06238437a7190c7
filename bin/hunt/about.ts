import { counted } from '../terminal/numbers';
import { MEASURED } from './hunt-figures';

/** `12.3 GB`, `850 MB` */
export function gigabytesText(bytes: number): string {
  if (bytes < 1e9) return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
  return `${(bytes / 1e9).toLocaleString('en', { maximumFractionDigits: 1 })} GB`;
}

/** In dollars: less is not exact. */
export const CENT = 0.01;

/** `$1,200`, `$3.10`, `less than $0.01`: two digits from ten dollars on. */
export function aboutDollars(dollars: number): string {
  if (dollars < CENT) return 'less than $0.01';
  if (dollars < 10) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toLocaleString('en', { maximumSignificantDigits: 2 })}`;
}

/** `40 seconds`, `12 minutes`, `3.4 hours` */
export function aboutDuration(seconds: number): string {
  if (seconds < 90) return counted(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 5_400) return counted(Math.round(seconds / 60), 'minute');
  return `${(seconds / 3_600).toFixed(1)} hours`;
}

/** Records in log files of so many bytes, as they are stored: `4.7 million records`. */
export function aboutRecords(bytes: number): string {
  const records = (bytes / 1e9) * MEASURED.recordsPerGigabyte;
  return `${aboutNumber(records)} ${Math.round(records) === 1 ? 'record' : 'records'}`;
}

/** Rounded to two digits from a thousand on. */
export function aboutNumber(number: number): string {
  for (const [unit, size] of [
    ['billion', 1e9],
    ['million', 1e6],
    ['thousand', 1e3],
  ] as const)
    if (number >= size) return `${(number / size).toLocaleString('en', { maximumSignificantDigits: 2 })} ${unit}`;
  return String(Math.round(number));
}
