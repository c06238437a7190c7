import { entryOf, SORTS, type Entry } from './entry';
import {
  fieldsOf,
  FILTERS,
  passes,
  periodOf,
  PIVOTS,
  type Filter,
  type FilterValues,
  type Period,
} from './filter-values';

/** What the filters leave. */
export interface Narrowed {
  /** Positions in the initial order of the incidents shown. */
  readonly places: ReadonlySet<number>;
  readonly period: Period;
}

/** The list of incidents: filtered by the form, sorted by the column headings, and kept in the page's address. */
export class List {
  readonly #form = document.querySelector<HTMLFormElement>('#filters');
  readonly #list = document.querySelector<HTMLOListElement>('#incidents ol');
  readonly #heads = [...document.querySelectorAll<HTMLButtonElement>('.head button')];
  readonly #items: readonly HTMLElement[];
  #order: readonly HTMLElement[];
  readonly #listeners: ((narrowed: Narrowed) => void)[] = [];
  #entries: Entry[] | null = null;
  #sort: { readonly by: string; readonly up: boolean } | null = null;

  constructor() {
    this.#items = [...(this.#list?.children ?? [])].filter((item) => item instanceof HTMLElement);
    this.#order = this.#items;
    if (!this.#form) return;
    this.#form.hidden = false;
    this.#form.addEventListener('input', () => this.#changed());
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('reset', (event) => {
      event.preventDefault();
      this.clear();
    });
    for (const head of this.#heads) {
      head.disabled = false;
      head.addEventListener('click', () => this.#sortBy(head.dataset['sort'] ?? ''));
    }
    addEventListener('keydown', (event) => this.#find(event));
    this.#count(this.#items.length);
  }

  get shown(): HTMLElement[] {
    return this.#order.filter(({ hidden }) => !hidden);
  }

  /** Positions in the initial order of those shown, in the order shown. */
  get shownPlaces(): number[] {
    const places = new Map(this.#items.map((item, place) => [item, place]));
    return this.shown.map((item) => places.get(item) ?? 0);
  }

  /** Calls back whenever the filters were applied. */
  onApply(listener: (narrowed: Narrowed) => void): void {
    this.#listeners.push(listener);
  }

  /** Applies the filters again. */
  refresh(): void {
    this.#apply();
  }

  /** Null for any time. */
  setPeriod(period: Period | null): void {
    const { from, to } = period ? fieldsOf(period) : { from: '', to: '' };
    this.#set('from', from);
    this.#set('to', to);
    this.#changed();
  }

  /** Filters and sorts by the parameters of a link. */
  narrow(asked: URLSearchParams): void {
    const severities = new Set(asked.getAll('severity').flatMap((value) => value.split(',')));
    for (const box of this.#boxes) box.checked = severities.has(box.value);
    for (const name of FILTERS) this.#set(name, asked.get(name) ?? '');
    const [by = '', direction] = (asked.get('sort') ?? '').split(' ');
    this.#sort = Object.hasOwn(SORTS, by) ? { by, up: direction !== 'down' } : null;
    this.#apply();
    document.querySelector('#incidents')?.scrollIntoView();
  }

  clear(): void {
    for (const box of this.#boxes) box.checked = false;
    for (const name of FILTERS) this.#set(name, '');
    this.#changed();
  }

  get #boxes(): HTMLInputElement[] {
    return [...(this.#form?.querySelectorAll<HTMLInputElement>('[name=severity]') ?? [])];
  }

  #field(name: Filter): HTMLInputElement | HTMLSelectElement | null {
    return this.#form?.querySelector(`[name=${name}]`) ?? null;
  }

  #set(name: Filter, value: string): void {
    const field = this.#field(name);
    if (!field) return;
    const isOffered = !(field instanceof HTMLSelectElement) || [...field.options].some((one) => one.value === value);
    // A link may name a value beyond the choices listed.
    if (!isOffered && field instanceof HTMLSelectElement) field.add(new Option(value, value));
    field.value = value;
  }

  #changed(): void {
    this.#apply();
    history.replaceState(null, '', `#${this.#address()}`);
  }

  #address(): string {
    const address = new URLSearchParams();
    const { severities } = this.#wanted();
    if (severities.size > 0) address.set('severity', [...severities].join(','));
    for (const name of FILTERS) if (this.#value(name) !== '') address.set(name, this.#value(name));
    if (this.#sort) address.set('sort', `${this.#sort.by}${this.#sort.up ? '' : ' down'}`);
    return address.size === 0 ? 'incidents' : address.toString();
  }

  #value(name: Filter): string {
    return this.#field(name)?.value.trim() ?? '';
  }

  #wanted(): FilterValues {
    const value = (name: Filter): string => this.#value(name);
    return {
      severities: new Set(this.#boxes.filter(({ checked }) => checked).map((box) => box.value)),
      fields: {
        type: value('type'),
        account: value('account'),
        role: value('role'),
        q: value('q'),
      },
      tokens: PIVOTS.filter((name) => value(name) !== '').map((name) => this.#token(name)),
      period: periodOf(value('from'), value('to')),
    };
  }

  /** Of the value chosen; one that no entry has for a value beyond the choices. */
  #token(name: Filter): string {
    const field = this.#field(name);
    return (field instanceof HTMLSelectElement && field.selectedOptions[0]?.dataset['k']) || 'none';
  }

  #apply(): void {
    const wanted = this.#wanted();
    this.#entries ??= this.#items.map(entryOf);
    let shown = 0;
    for (const entry of this.#entries) {
      entry.item.hidden = !passes(entry, wanted);
      if (!entry.item.hidden) shown += 1;
    }
    this.#count(shown);
    this.#arrange(this.#entries);
    this.#tell(wanted);
  }

  #tell({ period }: FilterValues): void {
    const places = new Set(this.shownPlaces);
    for (const listener of this.#listeners) listener({ places, period });
  }

  #arrange(entries: readonly Entry[]): void {
    const { by, up } = this.#sort ?? { by: '', up: true };
    for (const head of this.#heads) {
      head.setAttribute('aria-pressed', String(head.dataset['sort'] === by));
      head.classList.toggle('down', head.dataset['sort'] === by && !up);
    }
    const order = SORTS[by];
    const sorted = order ? entries.toSorted((a, b) => (up ? order(a, b) : order(b, a)) || a.place - b.place) : entries;
    if (sorted.every(({ item }, at) => item === this.#order[at])) return;
    this.#order = sorted.map(({ item }) => item);
    const all = document.createDocumentFragment();
    for (const item of this.#order) all.append(item);
    this.#list?.append(all);
  }

  #sortBy(name: string): void {
    // Severity and calls start descending, the others ascending.
    const falls = name === 'severity' || name === 'calls';
    const again = this.#sort?.by === name ? !this.#sort.up : !falls;
    this.#sort = { by: name, up: again };
    this.#changed();
  }

  #count(shown: number): void {
    const all = this.#items.length;
    const output = document.querySelector('#shown');
    if (output)
      output.textContent =
        shown === all
          ? `${all.toLocaleString('en')} shown`
          : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} shown`;
    const none = document.querySelector<HTMLElement>('#none');
    if (none) none.hidden = shown > 0;
  }

  #find(event: KeyboardEvent): void {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.#field('q')?.focus();
  }
}
