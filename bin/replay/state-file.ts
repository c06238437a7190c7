import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { addLine, FACTS_FORMAT, linesOf } from '../../lambda/detection/fact-lines';
import type { FactSet } from '../../lambda/detection/fact-set';
import { messageOf } from '../message-of';

/** Reads the facts of earlier runs into `facts`. A file that is not there yet is an empty one. Throws on any other file. */
export async function readState(path: string, facts: FactSet): Promise<void> {
  if (!existsSync(path)) return;
  let number = 0;
  try {
    for await (const line of createInterface({ input: unzipped(path), crlfDelay: Infinity })) {
      number += 1;
      if (number === 1 && !line.includes(FACTS_FORMAT)) throw new Error(`it does not begin with ${FACTS_FORMAT}`);
      addLine(facts, line);
    }
  } catch (error) {
    throw new Error(`--state ${path}: line ${number} is none of a credlock state file: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Errors of the file surface where the lines are read. */
function unzipped(path: string): NodeJS.ReadableStream {
  const gunzip = createGunzip();
  createReadStream(path)
    .on('error', (error) => gunzip.destroy(error))
    .pipe(gunzip);
  return gunzip;
}

/** Writes all facts, so that a run that breaks off leaves the old file whole. */
export async function writeState(path: string, facts: FactSet): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(withNewlines(facts), createGzip({ level: 6 }), createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new Error(`--state ${path} could not be written: ${messageOf(error)}`, { cause: error });
  }
}

function* withNewlines(facts: FactSet): Generator<string> {
  let batch: string[] = [];
  for (const line of linesOf(facts)) {
    batch.push(line, '\n');
    if (batch.length < 1_000) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}
