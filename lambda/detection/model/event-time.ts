/** As CloudTrail writes it. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Other writers of CloudTrail records use a blank for the T, another zone, or none, which means UTC. */
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/;

/** Below it a number counts seconds, from it on milliseconds: 1e11 ms is March 1973, 1e11 s the year 5138. */
const FIRST_MILLISECONDS = 1e11;

/** Epoch milliseconds of an ISO 8601 date-time or of an epoch number (seconds or milliseconds); null for anything else. */
export function eventTimeOf(value: unknown): number | null {
  if (typeof value === 'number') return epochMilliseconds(value);
  const iso = typeof value === 'string' ? isoOf(value) : null;
  const milliseconds = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** The ISO form that every JavaScript engine parses alike. */
function isoOf(text: string): string | null {
  if (USUAL.test(text)) return text;
  const parts = ISO.exec(text);
  return parts && `${parts[1]}T${parts[2]}${parts[3] ?? 'Z'}`;
}

/** The latest time JavaScript can write as a date; later numbers are no times. */
const LAST_TIME = 8.64e15;

function epochMilliseconds(value: number): number | null {
  if (!(value > 0)) return null;
  const milliseconds = Math.round(value < FIRST_MILLISECONDS ? value * 1000 : value);
  return milliseconds <= LAST_TIME ? milliseconds : null;
}

/** Clocks and time zones differ by less. */
const LONGEST_LEAD = 86_400_000;

/** True for a time more than 24 hours after `now`: a record of it is wrong, and may state no fact. */
export function isInFuture(time: number, now: number): boolean {
  return time > now + LONGEST_LEAD;
}

/** `Jul 4, 2019 4:29:29 PM` until 2021, `Jul 10, 2023, 6:30:22 PM` after; newer Java writes U+202F before the PM. */
const JAVA_DATE = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (0?[1-9]|1[0-2]):([0-5]\d:[0-5]\d)[ \u00a0\u202f]([AP])M$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Epoch milliseconds of `responseElements.credentials.expiration`, in any of the forms seen in records from 2017 to 2026:
 * the two above and ISO 8601. Always UTC. Null for anything else.
 */
export function expirationOf(value: unknown): number | null {
  const parts = typeof value === 'string' ? JAVA_DATE.exec(value) : null;
  if (!parts) return eventTimeOf(value);
  const [, month = '', day = '', year = '', hour = '', minutes = '', half = ''] = parts;
  const hour24 = (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  return eventTimeOf(
    `${year}-${twoDigits(MONTHS.indexOf(month) + 1)}-${twoDigits(day)}T${twoDigits(hour24)}:${minutes}Z`,
  );
}

function twoDigits(value: number | string): string {
  return String(value).padStart(2, '0');
}

/** `2026-09-01T00:01:02Z`, as CloudTrail writes times. */
export function isoTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
