import { request as httpRequest, type IncomingMessage } from 'node:http';
import { readRequest, type WireHttpRequest, type WireHttpResponse } from './wire-http';

/** Sends a request on as it came to another endpoint (an embedded DynamoDB) and gives back what it answers. */
export async function passOn(request: WireHttpRequest, endpoint: string): Promise<WireHttpResponse> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const onward = httpRequest(new URL(request.path, endpoint), { method: request.method, headers: request.headers });
    onward.on('response', resolve).on('error', reject).end(request.body);
  });
  const { body } = await readRequest(answer);
  const headers = Object.entries(answer.headers)
    .filter(([name]) => name !== 'connection' && name !== 'transfer-encoding' && name !== 'keep-alive')
    .map(([name, value]) => [name, String(value)] as const);
  return { status: answer.statusCode ?? 502, headers: Object.fromEntries(headers), body };
}
