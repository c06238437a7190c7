import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a function answers, or how it fails. */
export type Invoke = (functionName: string, payload: unknown) => Promise<unknown>;

/** Runs functions for the emulator, which has none: see `repairs.py`. One invocation at a time. */
export class FunctionServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(invoke: Invoke): Promise<FunctionServer> {
    let last: Promise<unknown> = Promise.resolve();
    const server = createServer((request, response) => {
      const turn = last.then(async () => {
        const { FunctionName: name, Payload: payload } = JSON.parse(await text(request)) as Record<string, unknown>;
        return invoke(String(name), payload);
      });
      last = turn.catch(() => undefined);
      turn.then(
        (Payload) => response.end(JSON.stringify({ StatusCode: 200, Payload })),
        (error: unknown) =>
          response.end(
            JSON.stringify({ StatusCode: 200, FunctionError: 'Unhandled', Payload: { errorMessage: String(error) } }),
          ),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FunctionServer(server);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
