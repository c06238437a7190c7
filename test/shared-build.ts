import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/**
 * A folder that several test files share: the first worker that asks fills it by a script (an ES module, run in the
 * project's root), the others wait. `begin-run.cjs` makes the place of it, `end-run.cjs` removes it.
 */
export function sharedBuild(name: string, script: (folder: string) => string): string {
  const folder = join(process.env['TEST_FOLDER'] ?? '', name);
  const [done, failed] = [`${folder}.done`, `${folder}.failed`];
  if (isFirst(folder)) {
    let end = failed;
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script(folder)], { cwd: ROOT, stdio: 'pipe' });
      end = done;
    } finally {
      writeFileSync(end, '');
    }
  }
  while (!existsSync(done)) {
    if (existsSync(failed)) throw new Error(`${name} could not be built: another test file has the reason`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  return folder;
}

/** A statement that imports from a module of the project's root. */
export function importOf(names: string, file: string): string {
  return `const { ${names} } = await import(${JSON.stringify(join(ROOT, file))});`;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
