import type { WorkStore } from '../../lambda/hunting/work-store';

/** Keeps nothing, for plans that are only counted. */
export const NO_STORE: WorkStore = {
  put: () => Promise.resolve(),
  get: (name) => Promise.reject(new Error(`${name} was not kept`)),
  range: (name) => Promise.reject(new Error(`${name} was not kept`)),
  list: () => Promise.resolve([]),
};
