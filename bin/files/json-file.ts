import { readFileSync } from 'node:fs';
import { messageOf } from '../terminal/error-message';

const COMMENT_LINE = /^[ \t]*\/\/.*$/gm;

/** Parses the JSON file named by an option, in which whole lines may be comments (`//`). Throws, with option and path, if it cannot be read. */
export function jsonFile(option: string, path: string): unknown {
  const text = textIn(option, path);
  try {
    return JSON.parse(text.replaceAll(COMMENT_LINE, ''));
  } catch (error) {
    throw new Error(`${option} ${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Without the byte order mark that Windows editors write. */
function textIn(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Error(`${option} ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
