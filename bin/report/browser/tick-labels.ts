const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((minutes) => minutes * MINUTE)
  .concat(
    [1, 2, 3, 6, 12].map((hours) => hours * HOUR),
    [1, 2, 7, 14, 30, 90, 365].map((days) => days * DAY),
  );
/** Pixels between two ticks. */
const APART = 110;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Ticks at round times of a period in epoch seconds, labelled with the time or date; the first tick of a day has both. */
export function tickLabels(from: number, to: number, width: number): { ticks: Date[]; label: (tick: Date) => string } {
  const step = STEPS.find((one) => ((to - from) / one) * APART <= width) ?? 365 * DAY;
  const ticks: Date[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) ticks.push(new Date(time * 1_000));
  const named = new Set<string>();
  const firsts = new Set(ticks.filter((tick) => isNew(named, dateOf(tick))));
  const label = (tick: Date): string => {
    if (step >= DAY) return dateOf(tick);
    const time = tick.toISOString().slice(11, 16);
    return firsts.has(tick) || [...firsts].some((first) => first.getTime() === tick.getTime())
      ? `${dateOf(tick)} ${time}`
      : time;
  };
  return { ticks, label };
}

function isNew(known: Set<string>, text: string): boolean {
  const size = known.size;
  return known.add(text).size > size;
}

function dateOf(time: Date): string {
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()] ?? ''}`;
}
