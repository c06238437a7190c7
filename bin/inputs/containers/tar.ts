import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { Member } from '../container';

/** The files in a tar archive. */
export async function* tarMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  const archive = extract();
  const input = Readable.from(source);
  input.on('error', (error) => archive.destroy(error));
  input.pipe(archive);
  for await (const entry of archive) {
    if (entry.header.type === 'file') yield { name: entry.header.name, content: bytesOf(entry) };
    entry.resume();
  }
}

async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
}
