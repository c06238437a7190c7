/** What `wasm/scan-records.ts` exports. */
interface ScannerExports {
  readonly rowCount: { readonly value: number };
  readonly irrelevant: { readonly value: number };
  readonly repeated: { readonly value: number };
  readonly lastEnd: { readonly value: number };
  readonly listEnd: { readonly value: number };
  readonly full: { readonly value: number };
  readonly requests: { readonly value: number };
  init(capacity: number, mostRows: number, places: number): void;
  select(place: number): void;
  reset(): void;
  resetRequests(): void;
  inputAddress(): number;
  rowsAddress(): number;
  placesAddress(list: number): number;
  firstsAddress(list: number): number;
  requestSpansAddress(): number;
  requestArenaAddress(): number;
  addField(length: number, slot: number): void;
  classify(call: number, kind: number): void;
  requestOf(row: number): number;
  notePerson(row: number): void;
  scan(from: number, to: number, ofRun: boolean): number;
}

/** The part of the global that is used; the types of Node.js 20 have none. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  const Module: new (bytes: Uint8Array) => Module;
  interface Memory {
    readonly buffer: SharedArrayBuffer;
  }
  /** Limits in pages of 64 kB. */
  const Memory: new (limits: { readonly initial: number; readonly maximum: number; readonly shared: true }) => Memory;
  const Instance: new (
    module: Module,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: ScannerExports };
}
