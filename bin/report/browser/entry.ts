/** The values by which a row is filtered and sorted. */
export interface Entry {
  readonly item: HTMLElement;
  /** Initial position. */
  readonly place: number;
  readonly weight: number;
  readonly types: readonly string[];
  readonly accounts: readonly string[];
  readonly roles: readonly string[];
  readonly workload: string;
  readonly origin: string;
  readonly time: string;
  readonly calls: number;
  /** First and last sighting in epoch seconds. */
  readonly first: number;
  readonly last: number;
  /** Of the sources, user agents and resources. */
  readonly tokens: readonly string[];
  /** Whole text in lower case. */
  readonly text: () => string;
}

export function entryOf(item: HTMLElement, place: number): Entry {
  const [, , who, from, account, time, calls] = item.querySelector('summary')?.children ?? [];
  const { w, t, a, p, x } = item.dataset;
  const [first = 0, last = 0] = (x ?? '').split(' ').map(Number);
  return {
    item,
    place,
    weight: Number(w),
    types: (t ?? '').split(' '),
    accounts: (a ?? textOf(account)).split(' '),
    roles: textOf(who?.querySelector('i')).split(', '),
    workload: textOf(who?.querySelector('code')),
    origin: textOf(from?.querySelector('code')),
    time: textOf(time),
    first,
    last,
    tokens: (p ?? '').split(' '),
    calls: Number(textOf(calls).replace(/\D/g, '')),
    text: () => item.textContent?.toLowerCase() ?? '',
  };
}

function textOf(element: Element | null | undefined): string {
  return element?.textContent ?? '';
}

type Order = (a: Entry, b: Entry) => number;

export const SORTS: Readonly<Record<string, Order>> = {
  severity: (a, b) => a.weight - b.weight,
  type: byText(({ types }) => types[0] ?? ''),
  workload: byText(({ workload }) => workload),
  origin: byText(({ origin }) => origin),
  account: byText(({ accounts }) => accounts[0] ?? ''),
  time: byText(({ time }) => time),
  calls: (a, b) => a.calls - b.calls,
};

function byText(of: (entry: Entry) => string): Order {
  return (a, b) => compare(of(a), of(b));
}

/** Compares numbers in names and addresses by value. */
function compare(a: string, b: string): number {
  return a === b ? 0 : COLLATOR.compare(a, b);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
