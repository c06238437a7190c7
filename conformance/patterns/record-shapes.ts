import { issuedBy, roleIdentity } from '../../trail-writer/identities';
import { uuidFor } from '../../trail-writer/ids';
import { inPartition, trailRecord } from '../../trail-writer/record';

export type TrailRecord = Readonly<Record<string, unknown>>;

/** A place records come from: every partition has its own names. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  /** What ends the names of services that act on their own. */
  readonly services: string;
}

export const FRANKFURT: Place = { partition: 'aws', region: 'eu-central-1', services: 'amazonaws.com' };
export const PLACES: readonly Place[] = [
  FRANKFURT,
  { partition: 'aws-cn', region: 'cn-north-1', services: 'amazonaws.com.cn' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', services: 'amazonaws.com' },
  { partition: 'aws-iso', region: 'us-iso-east-1', services: 'amazonaws.com' },
  { partition: 'aws-iso-b', region: 'us-isob-east-1', services: 'amazonaws.com' },
  { partition: 'aws-eusc', region: 'eusc-de-east-1', services: 'amazonaws.com' },
];

export const SHOP = '111122223333';
const OFFICE = '203.0.113.20';
const USER_AGENT = 'aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 lang/python#3.13.7';

/** What a call is made of; the rest is as in any record of today. */
export interface CallShape {
  readonly name: string;
  /** First part of the service's name. */
  readonly service: string;
  readonly identity: object;
  readonly from?: string;
  readonly place?: Place;
  readonly request?: unknown;
  readonly response?: unknown;
  readonly extra?: object;
}

/** A record of today; its ids follow from what is in it. */
export function call(shape: CallShape): TrailRecord {
  const { place = FRANKFURT, name, service: ofService, request = null, response } = shape;
  const { json } = trailRecord({
    eventId: uuidFor(`event ${JSON.stringify(shape)}`),
    requestId: uuidFor(`request ${JSON.stringify(shape)}`),
    time: Date.UTC(2026, 8, 1, 8),
    account: SHOP,
    region: place.region,
    identity: shape.identity,
    from: { address: shape.from ?? OFFICE, userAgent: USER_AGENT },
    action: {
      service: ofService,
      name,
      readOnly: /^(?:Get|List|Describe|Head|AssumeRole)/.test(name),
      request,
      response: () => (response ?? null) as object,
    },
  });
  return { ...json, ...shape.extra };
}

export interface SessionShape {
  readonly role: string;
  readonly session: string;
  readonly place?: Place;
  /** Further fields of `userIdentity`. */
  readonly also?: object;
  /** Further fields of `sessionContext`. */
  readonly context?: object;
}

/** `userIdentity` of a role session's call. */
export function session({ role, session: name, place = FRANKFURT, also, context }: SessionShape): object {
  const issued = issuedBy(SHOP, role, '2026-09-01T07:00:00Z');
  const identity = roleIdentity(SHOP, role, name, {
    accessKeyId: 'ASIAEXAMPLEEXAMPLE01',
    sessionContext: { ...issued, ...context },
    ...also,
  });
  return place.partition === 'aws' ? identity : (inPartition(identity, place.partition) as object);
}

export function person(name = 'dana'): object {
  return {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEEXAMPLE001',
    arn: `arn:aws:iam::${SHOP}:user/${name}`,
    accountId: SHOP,
    accessKeyId: 'AKIAEXAMPLEEXAMPLE01',
    userName: name,
  };
}

/** `userIdentity` of a service that calls for itself; `service` is the whole of its name. */
export function service(name: string): object {
  return { type: 'AWSService', invokedBy: name };
}
