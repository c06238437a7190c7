/** The root or working directory of a process of the node: `/proc/1/root/etc` is `/etc`. */
const OF_PROCESS = /^\/proc\/(?:\d+|self|thread-self)(?:\/task\/\d+)?\/(?:root|cwd)(?=\/|$)/;

/** One spelling of a path on a node: without `//`, `.`, `..` and an ending slash, `/var/run` as `/run`. */
export function hostPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const plain = `/${parts.join('/')}`;
  if (OF_PROCESS.test(plain)) return hostPath(plain.replace(OF_PROCESS, ''));
  return plain.replace(/^\/var\/run(?=\/|$)/, '/run');
}

const RUNTIME_SOCKETS: ReadonlySet<string> = new Set([
  '/run/containerd/containerd.sock',
  '/run/cri-dockerd.sock',
  '/run/crio/crio.sock',
  '/run/docker.sock',
  '/run/dockershim.sock',
  '/run/k3s/containerd/containerd.sock',
  '/run/podman/podman.sock',
]);

/** The socket of a container runtime, through which anything can be started on the node, even if it is mounted read-only. */
export function isRuntimeSocket(path: string): boolean {
  return RUNTIME_SOCKETS.has(path);
}

/** By `KubernetesSettings.sensitivePaths`. */
export function isSensitivePath(path: string, patterns: readonly string[]): boolean {
  const listed = listedIn(patterns);
  const isExcepted = listed.some((one) => one.isException && names(one, path));
  // What contains it is as sensitive.
  return !isExcepted && listed.some((one) => !one.isException && (names(one, path) || contains(path, one.path)));
}

interface ListedPath {
  readonly path: string;
  /** Names all below the path too: the pattern ends with `/*`. */
  readonly isFolder: boolean;
  /** The pattern begins with `!`. */
  readonly isException: boolean;
}

/** Those of each list of patterns, which is asked for every volume of every pod. */
const listedPaths = new WeakMap<readonly string[], readonly ListedPath[]>();

function listedIn(patterns: readonly string[]): readonly ListedPath[] {
  const listed = listedPaths.get(patterns) ?? patterns.map(listedPath);
  listedPaths.set(patterns, listed);
  return listed;
}

function listedPath(pattern: string): ListedPath {
  const isException = pattern.startsWith('!');
  const named = isException ? pattern.slice(1) : pattern;
  const isFolder = named.endsWith('/*');
  return { path: hostPath(isFolder ? named.slice(0, -2) : named), isFolder, isException };
}

function names(listed: ListedPath, path: string): boolean {
  return listed.path === path || (listed.isFolder && contains(listed.path, path));
}

function contains(folder: string, path: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}
