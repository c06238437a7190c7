import { readFileSync } from 'node:fs';
import { messageOf } from '../terminal/error-message';

/** What is in the JSON file that an option (`--config`) names. Throws with the option and the path where it cannot be read. */
export function jsonFile(option: string, path: string): unknown {
  const text = textIn(option, path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${option} ${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Windows editors begin a file with a byte order mark. */
function textIn(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Error(`${option} ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
