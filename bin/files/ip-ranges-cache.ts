import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type IpRanges, parseIpRanges } from '../../lambda/detection/model/ip-ranges';
import { messageOf } from '../terminal/error-message';
import { type Result } from '../../lambda/detection/model/result';
import { ipRangesSnapshot } from './ip-ranges-snapshot';

/** Decides where the cache is. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Path of the file downloaded by `credlock ip-ranges`: in $XDG_CACHE_HOME, or the platform's cache folder. */
export function ipRangesCacheFile(machine: Machine = thisMachine()): string {
  return join(cacheFolder(machine), 'credlock', 'ip-ranges.json');
}

/** Where address ranges come from. */
export interface FoundRanges {
  /** Of the file; for those that ship with the package, where they were published. */
  readonly path: string;
  readonly ranges: IpRanges;
  readonly isShipped: boolean;
}

/**
 * The ip-ranges.json to use: the named file, else the downloaded one, else what ships with the package. A fault, which
 * names the file, if it cannot be used.
 */
export function findIpRanges(option?: string): Result<FoundRanges> {
  const path = option ?? ipRangesCacheFile();
  const text = read(path);
  if (text === null) return option === undefined ? shippedRanges() : { faults: [`${path}: no such file`] };
  const found = typeof text === 'string' ? ipRangesIn(text) : text;
  if ('value' in found) return { value: { path, ranges: found.value, isShipped: false } };
  const remedy = option === undefined ? ' (`credlock ip-ranges` downloads it again)' : '';
  return { faults: found.faults.map((fault) => `${path}: ${fault}${remedy}`) };
}

function shippedRanges(): Result<FoundRanges> {
  const { source, json } = ipRangesSnapshot();
  const ranges = parseIpRanges(json);
  return 'faults' in ranges ? ranges : { value: { path: source, ranges: ranges.value, isShipped: true } };
}

export function ipRangesIn(text: string): Result<IpRanges> {
  const json = parsed(text);
  if ('faults' in json) return json;
  const ranges = parseIpRanges(json.value);
  return 'faults' in ranges
    ? { faults: ranges.faults.map((fault) => `is not AWS's ip-ranges.json: ${fault}`) }
    : ranges;
}

function thisMachine(): Machine {
  return { platform: process.platform, environment: process.env, home: homedir() };
}

function cacheFolder({ platform, environment, home }: Machine): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  // The XDG specification: relative paths are ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return local ?? join(home, 'AppData', 'Local');
  return join(home, '.cache');
}

function read(path: string): string | null | { faults: readonly string[] } {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (!existsSync(path)) return null;
    return { faults: [`cannot be read: ${messageOf(error)}`] };
  }
}

function parsed(text: string): Result<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { faults: [`is not JSON: ${messageOf(error)}`] };
  }
}
