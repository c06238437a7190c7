// A thread that scans files for another one: see `scanning-thread.ts`.
import { parentPort } from 'node:worker_threads';
import type { FilePlace, FilledPlace } from './file-filler';
import { FileScanner } from './file-scanner';
import type { ScanRequest } from './scanning-thread';
import type { ScannedBatch } from './scanned-ahead';

let scanner: FileScanner | null = null;

parentPort?.on('message', (request: ScanRequest) => {
  if (request === 'new-ids') scanner?.resetIds();
  else if ('shared' in request) scanner = new FileScanner(request.shared, request.digests);
  else if (scanner) parentPort?.postMessage(scannedBatch(scanner, request.scan), []);
});

function scannedBatch(by: FileScanner, files: readonly (FilePlace | FilledPlace)[]): ScannedBatch {
  return { files: files.map((file) => by.scan(file)), isFull: by.isFull };
}
