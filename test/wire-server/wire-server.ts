import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { cloudFormation, type CloudFormation } from './cloudformation';
import { cloudTrail, type CloudTrail } from './cloudtrail';
import { stepFunctions, type StepFunctions } from './step-functions';
import { realClock, type Clock } from './clock';
import { credentialBook, type Credentials } from './credential-book';
import { ec2, type Ec2 } from './ec2';
import { eks, type Eks } from './eks';
import { eventBridge, type EventBridge } from './event-bridge';
import { converse, type Exchange } from './exchange';
import { faultBook, type Fault, type FaultMatch, type InjectedFault } from './fault-book';
import { DOCUMENTED_RATES, rateLimits, type Rate } from './rate-limits';
import { logs, type Logs } from './logs';
import { onwardTo } from './pass-on';
import { requestLog } from './request-log';
import { s3, type S3 } from './s3';
import { securityHub, type SecurityHub } from './security-hub';
import { sns, type Sns } from './sns';
import { sqs, type Sqs } from './sqs';
import { sts, type Sts } from './sts';
import { readRequest, writeHalf, writeResponse } from './wire-http';
import type { WireRequest } from './wire-request';

export interface WireServerOptions {
  /** The account of `clientConfig()`; 111122223333 unless told. */
  readonly account?: string;
  /** The Region of `clientConfig()`; eu-central-1 unless told. */
  readonly region?: string;
  /** Real time unless told; delays, visibility, rates, and the expiry of sessions follow it. */
  readonly clock?: Clock;
  /** By `service.Operation`; the documented ones of Security Hub unless told. `{}` for none. */
  readonly rates?: Readonly<Record<string, Rate>>;
  /** The endpoint of an embedded DynamoDB: its requests are logged, meet faults, and are passed on unread. */
  readonly dynamodb?: string;
}

/** What every SDK client takes. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly maxAttempts: number;
}

export interface WireServer {
  readonly endpoint: string;
  readonly clock: Clock;
  /** `maxAttempts` is 1 unless told, so that a test sees every error there is. */
  clientConfig(options?: { account?: string; region?: string; maxAttempts?: number }): ClientConfig;
  /** Injects a fault into the requests that fit; the first unspent one that fits is met. */
  fail(match: FaultMatch, fault: Fault): InjectedFault;
  /** Every request, in order of arrival. */
  readonly requests: readonly WireRequest[];
  readonly securityHub: SecurityHub;
  readonly eventBridge: EventBridge;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly sts: Sts;
  readonly cloudFormation: CloudFormation;
  readonly cloudTrail: CloudTrail;
  readonly ec2: Ec2;
  readonly eks: Eks;
  readonly logs: Logs;
  readonly s3: S3;
  readonly stepFunctions: StepFunctions;
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on 127.0.0.1 that speaks to the real SDK clients as AWS does, with AWS's limits, in memory.
 * It models standard queues, the default and made buses, path-style S3, and the operations listed in each service's
 * file; everything else is refused (`UnknownOperationException`, `NotImplemented`), never ignored.
 */
export async function startWireServer(options: WireServerOptions = {}): Promise<WireServer> {
  const { account = '111122223333', region = 'eu-central-1', clock = realClock, rates = DOCUMENTED_RATES } = options;
  const credentials = credentialBook(clock);
  const faults = faultBook();
  const log = requestLog();
  let endpoint = '';

  const parts = {
    securityHub: securityHub(),
    eventBridge: eventBridge(),
    sqs: sqs(clock, () => endpoint),
    sns: sns(),
    sts: sts(credentials),
    cloudFormation: cloudFormation(),
    cloudTrail: cloudTrail(),
    ec2: ec2(),
    eks: eks(),
    logs: logs(),
    s3: s3(clock),
    stepFunctions: stepFunctions(),
  };
  const exchange: Exchange = {
    services: Object.values(parts).map(({ service }) => service),
    credentials,
    clock,
    faults,
    log,
    rates: rateLimits(rates, clock),
    onward: options.dynamodb === undefined ? {} : { dynamodb: onwardTo(options.dynamodb) },
  };

  const server = createServer((message, response) => {
    serve(message, response, exchange).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${portOf(server.address())}`;

  return {
    endpoint,
    clock,
    clientConfig(given = {}) {
      return {
        endpoint,
        region: given.region ?? region,
        credentials: credentials.ofAccount(given.account ?? account),
        maxAttempts: given.maxAttempts ?? 1,
      };
    },
    fail: (match, fault) => faults.add(match, fault),
    requests: log.requests,
    securityHub: parts.securityHub.state,
    eventBridge: parts.eventBridge.state,
    sqs: parts.sqs.state,
    sns: parts.sns.state,
    sts: parts.sts.state,
    cloudFormation: parts.cloudFormation.state,
    cloudTrail: parts.cloudTrail.state,
    ec2: parts.ec2.state,
    eks: parts.eks.state,
    logs: parts.logs.state,
    s3: parts.s3.state,
    stepFunctions: parts.stepFunctions.state,
    async close() {
      server.close();
      server.closeAllConnections();
      for (const onward of Object.values(exchange.onward)) onward.close();
      await once(server, 'close');
    },
  };
}

async function serve(message: IncomingMessage, response: ServerResponse, exchange: Exchange): Promise<void> {
  const { answer, half } = await converse(await readRequest(message), exchange);
  if (!answer) response.destroy();
  else if (half) writeHalf(response, answer);
  else await writeResponse(response, answer);
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error(`no TCP port: ${String(address)}`);
}
