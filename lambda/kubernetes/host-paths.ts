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
  const isListed = (pattern: string): boolean => pattern.startsWith('!') && hostPath(pattern.slice(1)) === path;
  return !patterns.some(isListed) && patterns.some((pattern) => !pattern.startsWith('!') && concerns(pattern, path));
}

/** True for the path itself, for what contains it, and, with `/*` at its end, for all below it. */
function concerns(pattern: string, path: string): boolean {
  const withAll = pattern.endsWith('/*');
  const listed = hostPath(withAll ? pattern.slice(0, -2) : pattern);
  return listed === path || contains(path, listed) || (withAll && contains(listed, path));
}

function contains(folder: string, path: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}
