import { assumeRole, over, throughService, AGENTS, type Issued } from '../../trail-writer/calls';
import { exchangeOf, type Token } from '../../trail-writer/issuance';
import { ADDRESSES, DANA, IRELAND } from './cast';
import {
  instanceIdentity,
  personIdentity,
  serviceIdentity,
  sessionKey,
  type Instance,
  type Key,
  type Keys,
  type Person,
  type RoleSession,
  type SessionKey,
  type Shown,
} from '../../trail-writer/identities';
import { upperFor, uuidFor } from '../../trail-writer/ids';
import { isoTime, trailRecord, type Action, type Call, type From, type TrailRecord } from '../../trail-writer/record';

const DAY = Date.parse('2026-09-14T00:00:00Z');
/** EC2's keys of this day live 6 h 22 min. */
const KEY_LIFE = (6 * 60 + 22) * 60_000;
const HOUR = 3_600_000;

/** How a service gets a key for one of its workloads. */
export interface ServiceIssuance extends Pick<Issued, 'request' | 'repeatsSession'> {
  /** `ecs-tasks` */
  readonly service: string;
  readonly hours: number;
  readonly shown?: Shown;
}

/** Epoch milliseconds of `06:05` or `06:05:30` on the day of the story. */
export function timeOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const time = DAY + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (!/^\d\d:\d\d(:\d\d)?$/.test(clock) || Number.isNaN(time)) throw new Error(`no time of day: ${clock}`);
  return time;
}

/** Times of day from `first` to `last`, every so many minutes. */
export function every(minutes: number, first: string, last: string): string[] {
  const times: string[] = [];
  for (let time = timeOf(first); time <= timeOf(last); time += minutes * 60_000)
    times.push(isoTime(time).slice(11, 19));
  return times;
}

/** A part of the day: its records, added one call at a time. */
export class Chapter {
  readonly records: TrailRecord[] = [];

  constructor(readonly folder: string) {}

  /** EC2 issues an instance's two keys: two records, one request. */
  issue(instance: Instance, at: string): Keys {
    const purpose = `${this.folder} ${instance.name} ${at}`;
    const issued = isoTime(timeOf(at));
    const keys: Keys = {
      v1: { id: `ASIA${upperFor(`${purpose} 1.0`, 16)}`, delivery: '1.0', issued, instance },
      v2: { id: `ASIA${upperFor(`${purpose} 2.0`, 16)}`, delivery: '2.0', issued, instance },
    };
    const expires = isoTime(timeOf(at) + KEY_LIFE);
    for (const { id } of [keys.v1, keys.v2]) {
      this.add(at, instance.account, instance.region, {
        identity: serviceIdentity('ec2'),
        from: throughService('ec2'),
        action: assumeRole(instance.account, instance.role, instance.id, { id, expires }),
        requestId: uuidFor(`${purpose} request`),
        sharedEventId: uuidFor(`${purpose} shared ${id}`),
      });
    }
    return keys;
  }

  /** A service gets a key for one of its workloads. */
  issueBy({ service, hours, shown, ...issuance }: ServiceIssuance, session: RoleSession, at: string): SessionKey {
    const { account, region, role, name } = session;
    const { id, issued, expires } = this.newKey(session, at, hours);
    this.add(at, account, region, {
      identity: serviceIdentity(service),
      from: throughService(service),
      action: assumeRole(account, role, name, { id, expires, ...issuance }),
      sharedEventId: uuidFor(`${this.folder} shared ${id}`),
    });
    return sessionKey(session, id, issued, shown);
  }

  /** Exchanges a token for credentials of an hour; the record has the address of the caller. */
  exchangeToken(token: Token, session: RoleSession, at: string, from: From): SessionKey {
    const key = this.newKey(session, at, 1);
    const { action, identity, shown } = exchangeOf(token, session, key);
    this.add(at, session.account, session.region, { identity, from, action });
    return sessionKey(session, key.id, key.issued, shown);
  }

  /** The id and the times of a key that is issued to a session. */
  newKey({ account, role, name }: RoleSession, at: string, hours: number): Issued & { readonly issued: string } {
    const id = `ASIA${upperFor(`${this.folder} ${account} ${role} ${name} ${at}`, 16)}`;
    return { id, issued: isoTime(timeOf(at)), expires: isoTime(timeOf(at) + hours * HOUR) };
  }

  /** A call with the key of such a session. */
  use({ session, identity }: SessionKey, at: string, from: From, action: Action): void {
    this.add(at, session.account, session.region, { identity, from, action });
  }

  /** A call with an instance's key. */
  call(key: Key, at: string, from: From, action: Action): void {
    const { account, region } = key.instance;
    this.add(at, account, region, { identity: instanceIdentity(key), from, action });
  }

  /** A service acts for an instance, as the record shows. */
  callFor(key: Key, at: string, service: string, action: Action): void {
    const { account, region } = key.instance;
    const identity = { ...instanceIdentity(key), invokedBy: service };
    const sharedEventId = uuidFor(`${this.folder} shared ${this.records.length}`);
    this.add(at, account, region, { identity, from: { address: service, userAgent: service }, action, sharedEventId });
  }

  /** A person's call, from the office unless told otherwise. */
  person(person: Person, at: string, action: Action, from: From = over(ADDRESSES.office, AGENTS.cli)): void {
    this.add(at, person.account, IRELAND, { identity: personIdentity(person, '2026-09-14T05:48:09Z'), from, action });
  }

  /** Dana, who looks after all networks, changes something in an account. */
  operate(account: string, at: string, action: Action): void {
    this.person({ ...DANA, account }, at, action, over(ADDRESSES.office, AGENTS.terraform));
  }

  add(
    at: string,
    account: string,
    region: string,
    call: Pick<Call, 'identity' | 'from' | 'action'> & Partial<Pick<Call, 'requestId' | 'sharedEventId'>>,
  ): void {
    const purpose = `${this.folder} ${this.records.length}`;
    this.records.push(
      trailRecord({
        eventId: uuidFor(`${purpose} event`),
        requestId: uuidFor(`${purpose} request`),
        time: timeOf(at),
        account,
        region,
        ...call,
      }),
    );
  }
}
