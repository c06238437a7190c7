/** Where a hunt keeps its work: objects by name, with slashes. An object that is put again is replaced. */
export interface WorkStore {
  put(name: string, body: Uint8Array): Promise<void>;
  /** Throws if there is no such object. */
  get(name: string): Promise<Uint8Array>;
  /** `length` bytes of an object that is not empty, from a byte within it on; fewer where it ends before. */
  range(name: string, from: number, length: number): Promise<Uint8Array>;
  /** The names that begin with the prefix, in order. */
  list(prefix: string): Promise<readonly string[]>;
}
