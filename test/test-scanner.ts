import { LogFileScanner } from '../lambda/trail-files/log-file-scanner';
import { importOf, sharedBuild } from './shared-build';

/** How each is compiled: as it is shipped, and with tables that are soon full. */
const COMPILERS = {
  usual: ['compileScanner', 'build-scanner.mjs'],
  small: ['compileSmallScanner', 'test/compile-small-scanner.mjs'],
} as const;

/** The folder of a scanner, compiled once for all test files. */
export function scannerFolder(name: keyof typeof COMPILERS): string {
  const [compile, file] = COMPILERS[name];
  return sharedBuild(
    `${name}-scanner`,
    (folder) => `${importOf(compile, file)} await ${compile}(${JSON.stringify(folder)});`,
  );
}

/** A scanner of its own for each call. */
export function testScanner(name: keyof typeof COMPILERS = 'usual'): LogFileScanner {
  const scanner = LogFileScanner.create(scannerFolder(name));
  if (!scanner) throw new Error('the scanner does not run');
  return scanner;
}
