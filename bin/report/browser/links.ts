import type { List } from './list';

/** Follows the address: a finding's id opens its incident, anything else sets the filters. */
export function opensLinks(list: List): void {
  const follow = (): void => {
    const wanted = decoded(location.hash.slice(1));
    const target = wanted === '' ? null : document.getElementById(wanted);
    if (target) show(target, list);
    else if (wanted.includes('=')) list.narrow(new URLSearchParams(location.hash.slice(1)));
  };
  addEventListener('hashchange', follow);
  document.addEventListener('filled', () => {
    const target = document.getElementById(decoded(location.hash.slice(1)));
    if (target?.closest('li')?.contains(document.activeElement) ?? false) return;
    target?.scrollIntoView();
  });
  follow();
}

function show(target: HTMLElement, list: List): void {
  const item = target.closest('li');
  const details = item?.querySelector('details');
  if (!item || !details) return;
  if (item.hidden) list.clear();
  details.open = true;
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
