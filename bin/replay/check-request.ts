import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { messageOf } from '../terminal/error-message';
import { toStandardOutput } from '../files/write-output';

/** Files that a run reads and writes beside its inputs. */
export interface RequestFiles {
  readonly out?: string;
  readonly config?: string;
  readonly ipRanges?: string;
  readonly state?: string;
}

/**
 * Throws an `Error` with every fault that would otherwise show only after hours of reading, or overwrite an input. `faults`
 * are those found already.
 */
export function checkRequest(paths: readonly string[], files: RequestFiles, faults: readonly string[] = []): void {
  const { out, state } = files;
  const all = [...missing(paths), ...faults];
  if (!toStandardOutput(out)) all.push(...outputFaults('--out', out, paths, files));
  if (state !== undefined) all.push(...outputFaults('--state', state, paths, files));
  if (all.length > 0) throw new Error(all.join('\n'));
}

function missing(paths: readonly string[]): string[] {
  const absent = paths
    .filter((path) => path !== '-' && !path.startsWith('s3://') && isAbsent(path))
    .map((path) => path || '""');
  if (absent.length === 0) return [];
  return [`no such file or folder: ${absent.join(', ')}. Give CloudTrail files or folders, or - for standard input`];
}

/** False for a file that exists and cannot be read, which is reported when it is read. */
function isAbsent(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOTDIR';
  }
}

function outputFaults(
  option: '--out' | '--state',
  file: string,
  paths: readonly string[],
  files: RequestFiles,
): string[] {
  const { config, ipRanges, state } = files;
  const others = [
    ...paths.map((path) => ({ name: 'an input', path })),
    { name: '--config', path: config },
    { name: '--ip-ranges', path: ipRanges },
    ...(option === '--out' ? [{ name: '--state', path: state }] : []),
  ];
  const same = others.find(({ path }) => path !== undefined && isSameFile(path, file));
  if (same) return [`${option} ${file} is ${same.name}, which would be overwritten`];
  if (paths.some((path) => isInFolder(file, path)))
    return [`${option} ${file} is in an input folder, and would be overwritten: give another name`];
  const fault = writingFault(file);
  return fault === null ? [] : [`${option} ${file} cannot be written: ${fault}`];
}

function isSameFile(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && statSync(other).isFile() && realpathSync(one) === realpathSync(other);
}

function isInFolder(file: string, folder: string): boolean {
  if (!existsSync(file) || !existsSync(folder) || !statSync(folder).isDirectory()) return false;
  return realpathSync(file).startsWith(`${realpathSync(folder)}${sep}`);
}

function writingFault(file: string): string | null {
  try {
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) return 'it is a folder';
      accessSync(file, constants.W_OK);
    } else accessSync(folderOf(file), constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Throws if it is not an existing folder: a mistyped path makes none. */
function folderOf(file: string): string {
  const folder = dirname(file);
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
  return folder;
}
