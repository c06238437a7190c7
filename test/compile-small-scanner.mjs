import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileScanner } from '../build-scanner.mjs';

const SOURCE = 'wasm/scan-records.ts';
/** So little room that a few files fill it; the requests of one file still fit. */
const LIMITS = {
  TABLE_MASK: '(1 << 9) - 1',
  REQUEST_MASK: '(1 << 4) - 1',
  ARENA_SIZE: '96 << 10',
  REQUEST_ARENA_SIZE: '512 << 10',
  MOST_TEMPLATES: '8',
  LONGEST_TEMPLATE: '512',
};

/** Compiles a scanner into `outdir` whose tables are soon full. */
export async function compileSmallScanner(outdir, root = join(import.meta.dirname, '..')) {
  await cp(join(root, 'wasm'), join(outdir, 'wasm'), { recursive: true });
  let source = await readFile(join(outdir, SOURCE), 'utf8');
  for (const [name, value] of Object.entries(LIMITS)) {
    const constant = new RegExp(`^(const ${name}: \\w+ = ).*;$`, 'm');
    if (!constant.test(source)) throw new Error(`the scanner has no ${name}`);
    source = source.replace(constant, `$1${value};`);
  }
  await writeFile(join(outdir, SOURCE), source);
  await compileScanner(outdir, outdir);
}
