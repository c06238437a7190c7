/** What speaks to AWS: a bundle of its own, so that `replay` does not load the clients. */
export { seed } from './seed/seed';
