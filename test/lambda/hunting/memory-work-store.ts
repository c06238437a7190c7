import type { WorkStore } from '../../../lambda/hunting/work-store';

/** A work store in memory. `isFailing`: asked before each write, which then throws. */
export class MemoryWorkStore implements WorkStore {
  readonly objects = new Map<string, Uint8Array>();

  constructor(private readonly isFailing: (name: string) => boolean = () => false) {}

  put(name: string, body: Uint8Array): Promise<void> {
    if (this.isFailing(name)) return Promise.reject(new Error(`${name} is not written`));
    this.objects.set(name, body);
    return Promise.resolve();
  }

  get(name: string): Promise<Uint8Array> {
    const body = this.objects.get(name);
    return body ? Promise.resolve(body) : Promise.reject(new Error(`${name} does not exist`));
  }

  async range(name: string, from: number, length: number): Promise<Uint8Array> {
    return (await this.get(name)).subarray(from, from + length);
  }

  list(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.objects.keys()].filter((name) => name.startsWith(prefix)).sort());
  }
}
