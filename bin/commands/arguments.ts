import { InvalidArgumentError, Option } from 'commander';
import { SEVERITIES, type Severity } from '../../lambda/detection/model/finding';
import { parseClusterArn, type Cluster } from '../../lambda/kubernetes/cluster';
import { eventTimeOf } from '../../lambda/detection/model/event-time';

const DATE = /^\d{4}-\d\d-\d\d$/;
const WITHOUT_SECONDS = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(?=Z|[+-]|$)/;

/** Epoch milliseconds. A date means 00:00; a time without a zone is UTC. */
export function timeOf(text: string): number {
  const whole = DATE.test(text) ? `${text}T00:00:00Z` : text.replace(WITHOUT_SECONDS, '$1:00');
  const time = isCalendarDay(text.slice(0, 10)) ? eventTimeOf(whole) : null;
  if (time === null)
    throw new InvalidArgumentError(
      'It must be a date or an ISO 8601 time, such as 2026-09-01 or 2026-09-01T06:00:00Z.',
    );
  return time;
}

/** `Date.parse` accepts 30 February as 2 March. */
function isCalendarDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export function accountOf(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('It must be an account id of 12 digits.');
  return text;
}

export function regionOf(text: string): string {
  if (!/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(text))
    throw new InvalidArgumentError('It must be a Region, such as eu-west-1.');
  return text;
}

export function clusterOf(text: string): Cluster {
  const parsed = parseClusterArn(text);
  if ('faults' in parsed) throw new InvalidArgumentError(`${parsed.faults.join('; ')}.`);
  return parsed.value;
}

/** Milliseconds of `90s`, `15m`, `2h`. */
export function durationOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const factor = { s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (factor === undefined || Number(count) === 0)
    throw new InvalidArgumentError('It must be a duration such as 90s, 15m or 2h.');
  return Number(count) * factor;
}

export function countOf(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(text);
}

/** Of pre-signed URLs. */
export function hoursOf(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 168)
    throw new InvalidArgumentError('It must be a whole number of hours from 1 to 168.');
  return Number(text);
}

/** Of keys: empty, or ending in a slash. */
export function prefixOf(text: string): string {
  if (text !== '' && !text.endsWith('/')) throw new InvalidArgumentError(`It must end in a slash: ${text}/.`);
  return text;
}

export function percentOf(text: string): number {
  if (!/^\d{1,3}(?:\.\d{1,3})?$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return Number(text);
}

function severityOf(text: string): Severity {
  const severity = SEVERITIES.find((one) => one === text.toUpperCase());
  if (!severity) throw new InvalidArgumentError(`It must be one of ${SEVERITIES.join(', ')}.`);
  return severity;
}

/** Collects the values of a repeatable option. */
export function collected<Value>(read: (text: string) => Value): (text: string, before?: Value[]) => Value[] {
  return (text, before = []) => [...before, read(text)];
}

/** `--min-severity`: SEVERITY, or INFORMATIONAL. */
export function minSeverity(): Option {
  return new Option('--min-severity <severity>', 'only findings of at least this severity')
    .choices([...SEVERITIES])
    .argParser(severityOf)
    .default('INFORMATIONAL');
}

/** `--fail-on`: SEVERITY, or none. */
export function failOn(): Option {
  return new Option(
    '--fail-on <severity>',
    'exit with code 3 if there is a finding of at least this severity, suppressed ones excepted',
  )
    .choices([...SEVERITIES])
    .argParser(severityOf);
}
