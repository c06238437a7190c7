import { entryOf, SORTS, type Entry } from './entry';

const FILTERS = ['type', 'account', 'role', 'q'] as const;
type Filter = (typeof FILTERS)[number];
const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH'];

/** Empty values do not filter. */
interface FilterValues extends Record<Filter, string> {
  readonly severities: ReadonlySet<string>;
}

/** The list of incidents: filtered by the form, sorted by the column headings, and kept in the page's address. */
export class List {
  readonly #form = document.querySelector<HTMLFormElement>('#filters');
  readonly #list = document.querySelector<HTMLOListElement>('#incidents ol');
  readonly #heads = [...document.querySelectorAll<HTMLButtonElement>('.head button')];
  readonly #items: readonly HTMLElement[];
  #order: readonly HTMLElement[];
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
    const { severities, ...rest } = this.#wanted();
    if (severities.size > 0) address.set('severity', [...severities].join(','));
    for (const name of FILTERS) if (rest[name] !== '') address.set(name, rest[name]);
    if (this.#sort) address.set('sort', `${this.#sort.by}${this.#sort.up ? '' : ' down'}`);
    return address.size === 0 ? 'incidents' : address.toString();
  }

  #wanted(): FilterValues {
    const value = (name: Filter): string => this.#field(name)?.value.trim() ?? '';
    const severities = new Set(this.#boxes.filter(({ checked }) => checked).map((box) => box.value));
    return { severities, type: value('type'), account: value('account'), role: value('role'), q: value('q') };
  }

  #apply(): void {
    const wanted = this.#wanted();
    this.#entries ??= this.#items.map(entryOf);
    let shown = 0;
    for (const entry of this.#entries) {
      entry.item.hidden = !isFilterValues(entry, wanted);
      if (!entry.item.hidden) shown += 1;
    }
    this.#count(shown);
    this.#arrange(this.#entries);
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

function isFilterValues(entry: Entry, { severities, type, account, role, q }: FilterValues): boolean {
  if (severities.size > 0 && !severities.has(SEVERITIES[entry.weight] ?? '')) return false;
  if (type !== '' && !entry.types.includes(type)) return false;
  if (account !== '' && !entry.accounts.includes(account)) return false;
  if (role !== '' && !entry.roles.includes(role)) return false;
  const words = q.toLowerCase().split(/\s+/);
  return q === '' || words.every((word) => entry.text().includes(word));
}
