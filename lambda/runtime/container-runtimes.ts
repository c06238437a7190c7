/** Container runtimes and what they start containers by; names of processes have at most 15 characters. */
const RUNTIMES: ReadonlySet<string> = new Set([
  'conmon',
  'containerd-shim',
  'containerd-shim-runc-v2',
  'crun',
  'runc',
  'runc:[0:PARENT]',
  'runc:[1:CHILD]',
  'runc:[2:INIT]',
]);
/** runc runs a copy of itself that containers cannot change. */
const COPY_OF_RUNC = /^(?:memfd:runc_cloned:\/proc\/self\/exe|\/memfd:runc_cloned:\/proc\/self\/exe(?: \(deleted\))?)$/;

export function isContainerRuntime(program: string | null): boolean {
  return program !== null && RUNTIMES.has(program.slice(program.lastIndexOf('/') + 1));
}

/** By a name that any program may give its own memory: it proves something only with what started it. */
export function isCopyOfRuntime(path: string | null): boolean {
  return path !== null && COPY_OF_RUNC.test(path);
}
