import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { readRequest, type WireHttpRequest, type WireHttpResponse } from './wire-http';

/** The way to another endpoint (an embedded DynamoDB). */
export interface Onward {
  /** Sends a request on as it came and gives back what is answered. */
  pass(request: WireHttpRequest): Promise<WireHttpResponse>;
  /** Lets go of the connections, which else would keep the other server open. */
  close(): void;
}

export function onwardTo(endpoint: string): Onward {
  const agent = new Agent({ keepAlive: true });
  return {
    async pass(request) {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const options = { method: request.method, headers: request.headers, agent };
        const onward = httpRequest(new URL(request.path, endpoint), options);
        onward.on('response', resolve).on('error', reject).end(request.body);
      });
      const { body } = await readRequest(answer);
      const headers = Object.entries(answer.headers)
        .filter(([name]) => !HOP.has(name))
        .map(([name, value]) => [name, String(value)] as const);
      return { status: answer.statusCode ?? 502, headers: Object.fromEntries(headers), body };
    },
    close: () => agent.destroy(),
  };
}

/** Headers of one connection, which do not go further. */
const HOP = new Set(['connection', 'transfer-encoding', 'keep-alive']);
