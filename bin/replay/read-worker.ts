// A thread that reads files into facts: see `reading-thread.ts`.
import { parentPort } from 'node:worker_threads';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { AuditReader } from './audit-reader';
import { FactReader, type FileReading } from './fact-reader';
import type { ThreadRequest } from './reading-thread';

let reader: FactReader | null = null;
/** The facts were sent, which can be done once. */
let isFinished = false;
let reading = Promise.resolve();

parentPort?.on('message', (request: ThreadRequest) => {
  reading = reading.then(() => answer(request));
});

async function answer(request: ThreadRequest): Promise<void> {
  if ('options' in request) {
    const { audit } = request.options;
    reader = new FactReader(new FactSet(), request.options, { audit: audit && new AuditReader(audit) });
    return;
  }
  if (isFinished) return;
  if (!reader) throw new Error('the thread has not been started');
  if (request.files.length === 0) return finish(reader);
  const readings: FileReading[] = [];
  for (const file of request.files) readings.push(await reader.read(file));
  parentPort?.postMessage({ readings }, []);
}

function finish(by: FactReader): void {
  isFinished = true;
  const facts = by.takeFacts();
  const { hourCounts, hours, samples, calls, texts } = facts.sightings ?? {};
  const arrays = [hourCounts, hours, samples, calls, texts?.spans, texts?.bytes].filter((array) => array !== undefined);
  parentPort?.postMessage(
    { facts },
    arrays.map(({ buffer }) => buffer),
  );
  parentPort?.close();
}
