// A thread that reads files into facts: see `reading-thread.ts`.
import { parentPort } from 'node:worker_threads';
import { PACKED } from '../../lambda/detection/facts/fact-formats';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { AuditReader } from './audit-reader';
import { FactReader, type FileReading } from './fact-reader';
import type { ThreadOptions, ThreadRequest } from './reading-thread';
import { slotsIn } from './shared-parts';
import { Turns } from './turns';

let reader: FactReader | null = null;
let slots: readonly Buffer[] = [];
let turns = new Turns();
let reading = Promise.resolve();

parentPort?.on('message', (request: ThreadRequest) => {
  reading = reading.then(() => answer(request));
});

async function answer(request: ThreadRequest): Promise<void> {
  if (request === 'facts') return finish(started());
  if ('options' in request) return start(request.options);
  if ('part' in request) {
    const { index, slot, length, file } = request.part;
    const bytes = (slots[slot] ?? Buffer.alloc(0)).subarray(0, length);
    parentPort?.postMessage({ part: await started().readPart(file, bytes, index, turns) }, []);
    return;
  }
  const readings: FileReading[] = [];
  for (const file of request.files) readings.push(await started().read(file));
  parentPort?.postMessage({ readings }, []);
}

function start(options: ThreadOptions): void {
  const { audit } = options;
  reader = new FactReader(new FactSet(PACKED), options, { audit: audit && new AuditReader(audit) });
  slots = slotsIn(options.slots);
  turns = new Turns(options.turns);
}

function started(): FactReader {
  if (!reader) throw new Error('the thread has not been started');
  return reader;
}

function finish(by: FactReader): void {
  const facts = by.takeFacts();
  const { uses, hours, samples, calls, texts } = facts.sightings ?? {};
  const arrays = [uses, hours, samples, calls, texts?.spans, texts?.bytes].filter((array) => array !== undefined);
  parentPort?.postMessage(
    { facts },
    arrays.map(({ buffer }) => buffer),
  );
  parentPort?.close();
}
