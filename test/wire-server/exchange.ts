import type { Clock } from './clock';
import { scopeOf, type Caller, type CredentialBook } from './credential-book';
import type { EntryFault, Fault, FaultBook } from './fault-book';
import type { Operation, Service } from './operation';
import type { Onward } from './pass-on';
import { jsonRpc } from './protocols/json-rpc';
import type { Protocol } from './protocols/protocol';
import type { RateLimits } from './rate-limits';
import type { RequestLog } from './request-log';
import { inputShape, missingMembers, type ShapeFault } from './shape';
import { refuseUnmodelled, WireError } from './wire-error';
import type { WireHttpRequest, WireHttpResponse } from './wire-http';
import type { OpenRequest } from './wire-request';

/** What goes back: an answer, whole, half, or (undefined) nothing but a cut connection. */
export interface Reply {
  readonly answer: WireHttpResponse | undefined;
  readonly half: boolean;
}

export interface Exchange {
  readonly services: readonly Service[];
  readonly credentials: CredentialBook;
  readonly clock: Clock;
  readonly faults: FaultBook;
  readonly log: RequestLog;
  readonly rates: RateLimits;
  /** The services that are passed on unread. */
  readonly onward: Readonly<Record<string, Onward>>;
}

/** Where a request that names no known service, or DynamoDB, gets its errors from. */
const PLAIN: Protocol = jsonRpc('1.0', 'DynamoDB_20120810');
const DYNAMODB_THROTTLE = { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 };
const ACCOUNTLESS = { account: '', region: '', service: '' };

/** Takes one request from arrival to reply; whatever happens is written into the log. */
export async function converse(http: WireHttpRequest, exchange: Exchange): Promise<Reply> {
  const scope = scopeOf(http);
  const service = exchange.services.find(({ name }) => name === scope?.service);
  const protocol = service?.protocol ?? PLAIN;
  const requestId = `wire-${String(exchange.log.requests.length + 1).padStart(6, '0')}`;
  const { region, service: serviceName } = scope ?? ACCOUNTLESS;
  const identity = { service: serviceName, operation: protocol.operationName(http), region };
  let open: OpenRequest | undefined;
  try {
    const caller = exchange.credentials.callerOf(scope, http);
    open = exchange.log.open(http, { ...identity, account: caller.account });
    const reply = service
      ? actUpon({ http, service, requestId, open, caller }, exchange)
      : await forwarded(http, open, exchange);
    if (open.outcome === 'open') open.outcome = 'answered';
    return reply;
  } catch (error) {
    const refusal = error instanceof WireError ? error : new WireError('InternalFailure', String(error), 500);
    open ??= exchange.log.open(http, { ...identity, account: '' });
    open.outcome = refusal.code;
    return whole(protocol.writeError(refusal, requestId));
  }
}

interface Arrived {
  readonly http: WireHttpRequest;
  readonly service: Service;
  readonly requestId: string;
  readonly open: OpenRequest;
  readonly caller: Caller;
}

function actUpon(arrived: Arrived, exchange: Exchange): Reply {
  const { http, service, requestId, open, caller } = arrived;
  const operation = service.operations.find(({ name }) => name === open.operation);
  if (!operation)
    throw new WireError('UnknownOperationException', `unknown operation: ${open.operation || open.target}`);
  const { input, faults } = service.protocol.read(operation.schema, http);
  open.input = input;
  const fault = exchange.faults.next(open);
  if (fault?.kind === 'drop-before') return cut(open, fault.kind);
  injected(fault, service.throttle);
  if (!exchange.rates.allows(`${service.name}.${operation.name}`, `${open.account} ${open.region}`)) {
    throw asError(service.throttle);
  }
  check(service, operation, input, faults);
  const entryFault = entryFaults(operation, input, fault);
  const output = operation.act(input, { ...caller, region: open.region, now: exchange.clock.now(), entryFault });
  return sent(open, fault, service.protocol.write(operation.schema, output, requestId));
}

async function forwarded(http: WireHttpRequest, open: OpenRequest, exchange: Exchange): Promise<Reply> {
  const onward = exchange.onward[open.service];
  if (!onward) throw new WireError('UnknownOperationException', `unknown service: ${open.service}`);
  const fault = exchange.faults.next(open);
  if (fault?.kind === 'drop-before') return cut(open, fault.kind);
  injected(fault, DYNAMODB_THROTTLE);
  if (fault?.kind === 'entries') throw new Error('entries of a service that is passed on cannot fail one by one');
  const answer = await onward.pass(http);
  if (answer.status >= 300) open.outcome = `status ${answer.status}`;
  return sent(open, fault, answer);
}

function sent(open: OpenRequest, fault: Fault | undefined, answer: WireHttpResponse): Reply {
  if (fault?.kind === 'drop-after') return cut(open, fault.kind);
  if (fault?.kind === 'drop-midway') {
    open.outcome = fault.kind;
    return { answer, half: true };
  }
  return whole(answer);
}

function cut(open: OpenRequest, outcome: string): Reply {
  open.outcome = outcome;
  return { answer: undefined, half: false };
}

function whole(answer: WireHttpResponse): Reply {
  return { answer, half: false };
}

function asError({ code, message, status }: Service['throttle']): WireError {
  return new WireError(code, message, status);
}

function injected(fault: Fault | undefined, throttle: Service['throttle']): void {
  if (fault?.kind === 'throttle') throw asError(throttle);
  if (fault?.kind !== 'error') return;
  const status = fault.status ?? (/Denied|Unauthorized|Forbidden/.test(fault.code) ? 403 : 400);
  throw new WireError(fault.code, fault.message ?? `${fault.code} (injected)`, status);
}

/** The model first (what is wrong, then what is missing), then what this server does not do. */
function check(service: Service, operation: Operation, input: unknown, faults: readonly ShapeFault[]): void {
  const shape = inputShape(operation.schema);
  const [first] = [...faults, ...missingMembers(shape, input, '', operation.deep)];
  if (first) {
    const message = `${operation.name}${first.path} ${first.message}`;
    throw new WireError(service.refusal[first.kind], message);
  }
  if (typeof input === 'object' && input !== null) refuseUnmodelled(input, operation.honours, operation.name);
}

function entryFaults(
  operation: Operation,
  input: unknown,
  fault: Fault | undefined,
): (index: number) => EntryFault | undefined {
  if (fault?.kind !== 'entries') return () => undefined;
  const list = Object.entries(input ?? {}).find(([name]) => name === operation.entries)?.[1];
  if (!Array.isArray(list)) throw new Error(`${operation.name} has no entries that can fail one by one`);
  const chosen = new Set(list.flatMap((entry, index) => (fault.which(entry, index) ? [index] : [])));
  return (index) => (chosen.has(index) ? { code: fault.code, message: fault.message ?? fault.code } : undefined);
}
