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
  const isExcepted = patterns.some((pattern) => pattern.startsWith('!') && names(pattern.slice(1), path));
  return !isExcepted && patterns.some((pattern) => !pattern.startsWith('!') && concerns(pattern, path));
}

/** True for what the pattern names, and for what contains it. */
function concerns(pattern: string, path: string): boolean {
  return names(pattern, path) || contains(path, listedPath(pattern));
}

/** True for the path itself and, with `/*` at its end, for all below it. */
function names(pattern: string, path: string): boolean {
  const listed = listedPath(pattern);
  return listed === path || (pattern.endsWith('/*') && contains(listed, path));
}

function listedPath(pattern: string): string {
  return hostPath(pattern.endsWith('/*') ? pattern.slice(0, -2) : pattern);
}

function contains(folder: string, path: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}
