import { join, resolve } from 'node:path';
import asc from 'assemblyscript/asc';

export const SCANNER = 'scan-records.wasm';

/** Of 64 kB: enough for the most places. See `LogFileScanner`. */
const MOST_PAGES = '12288';

/** Compiles the scanner of log files into `outdir`, beside the bundle that loads it. */
export async function compileScanner(outdir, root = import.meta.dirname) {
  const { error } = await asc.main([
    join(root, 'wasm/scan-records.ts'),
    '--outFile',
    resolve(root, outdir, SCANNER),
    '--baseDir',
    '/',
    '--optimizeLevel',
    '3',
    '--runtime',
    'stub',
    '--noAssert',
    '--use',
    'abort=',
    '--enable',
    'simd',
    '--enable',
    'bulk-memory',
    // Memory that two threads may share.
    '--enable',
    'threads',
    '--importMemory',
    // What is zero at first is not in the module, and left as it is by a second instance on the same memory.
    '--zeroFilledMemory',
    '--sharedMemory',
    '--maximumMemory',
    MOST_PAGES,
  ]);
  if (error) throw error;
}
