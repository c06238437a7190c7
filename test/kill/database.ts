import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

/** DynamoDB in a process of its own; sends its endpoint to the parent. */
async function serve(): Promise<void> {
  const server = dynalite({ createTableMs: 0 });
  // By default, idle connections are closed after 5 s, perhaps just as a slow machine sends the next request.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

process.on('disconnect', () => process.exit());
void serve();
