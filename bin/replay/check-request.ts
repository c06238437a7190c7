import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../terminal/error-message';
import { toStandardOutput } from '../files/write-output';

export interface Request {
  readonly out?: string;
  readonly config?: string;
  readonly ipRanges?: string;
  readonly state?: string;
  /** Epoch milliseconds, as `until`. */
  readonly since?: number;
  readonly until?: number;
  readonly explain?: string;
  readonly posture?: boolean;
  readonly format?: string;
}

/** Throws, with everything that is wrong, where hours of reading would end in an error or overwrite what was read. */
export function checkRequest(paths: readonly string[], request: Request): void {
  const { out, state } = request;
  const faults = [...missing(paths), ...contradictions(request)];
  if (!toStandardOutput(out)) faults.push(...outputFaults('--out', out, paths, request));
  if (state !== undefined) faults.push(...outputFaults('--state', state, paths, request));
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

function contradictions({ explain, format, out, posture, since, until }: Request): string[] {
  const faults: string[] = [];
  if (posture && explain !== undefined) faults.push('--posture and --explain print different things: give one of them');
  if (posture && format === 'html')
    faults.push('--posture has no HTML of its own: the report of --format html has a section on it');
  if (format === 'html' && toStandardOutput(out) && process.stdout.isTTY)
    faults.push('--format html is a page for a browser: name its file, as --out report.html');
  if (since !== undefined && until !== undefined && since >= until)
    faults.push('--until must be later than --since (a date is its first moment, UTC)');
  return faults;
}

function missing(paths: readonly string[]): string[] {
  const absent = paths.filter((path) => path !== '-' && isAbsent(path)).map((path) => path || '""');
  if (absent.length === 0) return [];
  return [`there is no ${absent.join(', no ')}: name CloudTrail files or folders, or - for standard input`];
}

/** Not so where it only cannot be looked at: that is told when it is read. */
function isAbsent(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOTDIR';
  }
}

function outputFaults(option: '--out' | '--state', file: string, paths: readonly string[], request: Request): string[] {
  const { config, ipRanges } = request;
  const others = [
    ...paths.map((path) => ({ name: 'an input', path })),
    { name: '--config', path: config },
    { name: '--ip-ranges', path: ipRanges },
    ...(option === '--out' ? [{ name: '--state', path: request.state }] : []),
  ];
  const same = others.find(({ path }) => path !== undefined && isSameFile(path, file));
  if (same) return [`${option} ${file} is ${same.name}, which would be overwritten`];
  const fault = writingFault(file);
  return fault === null ? [] : [`${option} ${file} cannot be written: ${fault}`];
}

function isSameFile(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && statSync(other).isFile() && realpathSync(one) === realpathSync(other);
}

function writingFault(file: string): string | null {
  try {
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) return 'it is a folder';
      accessSync(file, constants.W_OK);
    } else accessSync(existingFolderOf(file), constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The folder it is to be in, or the nearest above that is there already. Throws where that is no folder. */
function existingFolderOf(file: string): string {
  const folder = dirname(file);
  if (!existsSync(folder)) return existingFolderOf(folder);
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  return folder;
}
