import { incidentDetails } from '../incident-details';
import type { Incident } from '../incidents';
import { elementsOf } from './elements';
import { unpack } from './unpack';

/** Incidents per pack, in the list's initial order: as in `report.ts`. */
const PACK = 250;

const waiting = [...document.querySelectorAll<HTMLElement>('#incidents li[data-r]')];
const places = new Map(waiting.map((item, place) => [item, place]));
const packs = [...document.querySelectorAll('script[type="application/x-credlock-pack"]')];
const opened = new Map<number, Promise<Incident[]>>();

document.querySelector('#incidents ol')?.addEventListener('toggle', (event) => void fill(event), true);
for (const item of waiting) if (item.querySelector('details')?.open) void show(item);

async function fill({ target }: Event): Promise<void> {
  if (!(target instanceof HTMLDetailsElement) || !target.open) return;
  const item = target.parentElement;
  if (item?.dataset['r'] !== undefined) await show(item);
}

async function show(item: HTMLElement): Promise<void> {
  const place = places.get(item) ?? 0;
  delete item.dataset['r'];
  const incidents = await unpacked(Math.floor(place / PACK));
  const incident = incidents[place % PACK];
  const body = item.querySelector('details > div');
  if (!incident || !body) return;
  body.replaceChildren(elementsOf(incidentDetails(incident)));
  item.dispatchEvent(new CustomEvent('filled', { bubbles: true }));
}

function unpacked(number: number): Promise<Incident[]> {
  const known = opened.get(number) ?? incidentsIn(packs[number]);
  opened.set(number, known);
  return known;
}

async function incidentsIn(pack: Element | undefined): Promise<Incident[]> {
  const incidents = await unpack(pack);
  return isPack(incidents) ? incidents : [];
}

function isPack(value: unknown): value is Incident[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'findings' in one);
}
