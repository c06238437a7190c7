/** A container image by its registry and repository. The tag or digest is left out. */
export interface ImageName {
  /** `docker.io` where the image names none. */
  readonly registry: string;
  /** `library/nginx` */
  readonly repository: string;
}

const REFERENCE = /^[\w.:/-]+$/;
const DOCKER_HUB = 'docker.io';

/** Reads an image reference as container runtimes do; null where it is none. */
export function parseImage(image: string): ImageName | null {
  const [named = ''] = image.split('@');
  const tag = named.indexOf(':', named.lastIndexOf('/') + 1);
  const untagged = tag < 0 ? named : named.slice(0, tag);
  const parts = untagged.split('/');
  const [first = '', ...rest] = parts;
  if (!REFERENCE.test(untagged) || parts.includes('')) return null;
  if (rest.length === 0) return { registry: DOCKER_HUB, repository: `library/${first}` };
  return isRegistry(first)
    ? { registry: registryOf(first), repository: rest.join('/') }
    : { registry: DOCKER_HUB, repository: untagged };
}

/** `docker.io/library/nginx`; the text itself where it is no image reference. */
export function imageText(image: string): string {
  const name = parseImage(image);
  return name === null ? image : `${name.registry}/${name.repository}`;
}

function isRegistry(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost';
}

function registryOf(first: string): string {
  const host = first.toLowerCase();
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? DOCKER_HUB : host;
}

/** Registry and beginning of the repository; null where the text is no pattern. */
function parsePattern(pattern: string): ImageName | null {
  if (!pattern.endsWith('*')) return parseImage(pattern);
  const start = pattern.slice(0, -1);
  const slash = start.indexOf('/');
  const first = start.slice(0, slash);
  if (slash <= 0 || start.includes('*') || !REFERENCE.test(start)) return null;
  return isRegistry(first)
    ? { registry: registryOf(first), repository: start.slice(slash + 1) }
    : { registry: DOCKER_HUB, repository: start };
}

/** True for an image without its tag, of which the end may be left open behind the first slash: `quay.io/cilium/*`. */
export function isImagePattern(pattern: string): boolean {
  return parsePattern(pattern) !== null;
}

/** Registries are compared as a whole, so that a repository cannot pass for another registry’s. */
export function matchesImage(pattern: string, image: string): boolean {
  const asked = parsePattern(pattern);
  const name = parseImage(image);
  if (asked === null || name === null || asked.registry !== name.registry) return false;
  return pattern.endsWith('*') ? name.repository.startsWith(asked.repository) : name.repository === asked.repository;
}
