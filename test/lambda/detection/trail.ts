import { cidrSet } from '../../../lambda/detection/model/address';
import { callText } from '../../../lambda/detection/facts/call-sample';
import { detect, type Detection } from '../../../lambda/detection/detect';
import { FactSet } from '../../../lambda/detection/facts/fact-set';
import {
  Did,
  NO_DETAILS,
  type Caller,
  type Change,
  type ForeignKey,
  type InterfaceDetail,
  type Issuance,
  type Sighting,
} from '../../../lambda/detection/facts/facts';
import { type ChangeAction } from '../../../lambda/detection/vocabulary';
import { assembleHistories, type Histories } from '../../../lambda/detection/facts/workload-history';
import type { IpRanges } from '../../../lambda/detection/model/ip-ranges';
import type { Decision, Judgement } from '../../../lambda/detection/judge/judge';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import type { Settings } from '../../../lambda/detection/model/settings';
import type { Source } from '../../../lambda/detection/model/origin';
import type { Workload } from '../../../lambda/detection/model/workload';
import { kindsNamed } from '../../../lambda/detection/kinds/all-kinds';
import { ipRangesOf } from '../../scenario';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const THIRD_ACCOUNT = '777788889999';
export const REGION = 'eu-west-1';
export const ROLE = 'orders-api';

export const RANGES: IpRanges | null = ipRangesOf('default');

/** Epoch milliseconds of `10:05`, `10:05:30` on 1 September 2026, or of `3d 10:05` so many days later. */
export function at(text: string): number {
  const [clock = '', days = '0d'] = text.split(' ').reverse();
  return (
    Date.parse(`2026-09-01T${clock.length === 5 ? `${clock}:00` : clock}Z`) + Number.parseInt(days, 10) * 86_400_000
  );
}

export function instance(id: string, account = ACCOUNT): Workload {
  return { partition: 'aws', account, kind: 'ec2-instance', id };
}

export function sessionArn(id: string, role = ROLE, account = ACCOUNT): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${id}`;
}

/** An address, `vpce-1/10.0.0.5`, `vpce-1@444455556666/10.0.0.5`, or a service's name (`by s3.amazonaws.com`: attributed). */
export function from(place: string): Source {
  const nowhere = { ip: null, service: null, attributed: false, endpointId: null, endpointAccount: null };
  if (place.startsWith('by ')) return { ...nowhere, service: place.slice(3), attributed: true };
  if (place.startsWith('vpce-')) {
    const [endpoint = '', ip = ''] = place.split('/');
    const [endpointId = '', endpointAccount = null] = endpoint.split('@');
    return { ...nowhere, ip, endpointId, endpointAccount };
  }
  return /^[\d.]+$|:/.test(place) ? { ...nowhere, ip: place } : { ...nowhere, service: place };
}

/** Who calls: an instance whose record names it by `inScopeOf`, unless told otherwise. */
export interface Who extends Partial<Omit<Caller, 'source' | 'workload'>> {
  readonly account?: string;
  readonly role?: string;
  readonly workload?: Workload | null;
}

export function caller(id: string, place: string, who: Who = {}): Caller {
  const { account = ACCOUNT, role = ROLE, ...rest } = who;
  return {
    sessionArn: sessionArn(id, role, account),
    accessKeyId: `ASIA-${id}`,
    workload: instance(id, account),
    shown: 'scope',
    delivery: null,
    legacy: false,
    region: REGION,
    source: from(place),
    ...rest,
  };
}

/** What a call was; `id` and `name` tell calls apart. */
export interface Done {
  readonly id?: string;
  readonly name?: string;
  readonly userAgent?: string;
  readonly did?: number;
}

export function sighting(
  by: Caller,
  time: string,
  { id, name = 'ListBuckets', userAgent = 'cli', did }: Done = {},
): Sighting {
  const what = callText({
    region: REGION,
    source: 's3.amazonaws.com',
    name,
    errorCode: null,
    userAgent,
    resource: null,
  });
  return {
    fact: 'sighting',
    caller: by,
    did: did ?? Did.other,
    event: {
      time: at(time),
      id: id ?? `call ${time} ${by.accessKeyId ?? ''} ${by.source.ip ?? by.source.service ?? ''}`,
      what,
    },
  };
}

export function issuance(
  id: string,
  time: string,
  over: Partial<Issuance> & Pick<Who, 'account' | 'role'> = {},
): Issuance {
  const { account = ACCOUNT, role = ROLE, ...rest } = over;
  return {
    fact: 'issuance',
    id: `issuance ${id} ${time}`,
    eventId: `issued ${id} ${time}`,
    time: at(time),
    workload: instance(id, account),
    sessionArn: sessionArn(id, role, account),
    accessKeyId: `ASIA-${id}`,
    expires: at(time) + 6 * 3_600_000,
    issuer: 'ec2.amazonaws.com',
    asked: null,
    region: null,
    attributes: {},
    ...rest,
  };
}

export function foreignKey(accessKeyId: string, arn: string, by: Caller | null, time = '09:00'): ForeignKey {
  const eventId = `assumed ${accessKeyId}`;
  return {
    fact: 'foreign-key',
    id: `${ACCOUNT}/${eventId}`,
    eventId,
    time: at(time),
    accessKeyId,
    sessionArn: arn,
    by,
  };
}

export function eni(eniId: string, over: Partial<InterfaceDetail> = {}): InterfaceDetail {
  return { eniId, attachmentId: null, vpcId: 'vpc-1', subnetId: null, privateIps: [], ipv6: [], prefixes: [], ...over };
}

export function change(action: ChangeAction, time: string, over: Partial<Change> = {}): Change {
  const eventId = `${action} ${time} ${over.instanceId ?? ''}`;
  return {
    fact: 'change',
    id: `${over.account ?? ACCOUNT}/${eventId}`,
    eventId,
    time: at(time),
    partition: 'aws',
    account: ACCOUNT,
    region: REGION,
    action,
    ...NO_DETAILS,
    ...over,
  };
}

/** A story told fact by fact. */
export class Trail {
  readonly facts = new FactSet();
  ranges: IpRanges | null = RANGES;

  constructor(private readonly settings: Partial<Settings> = {}) {
    this.facts.sawAccount(ACCOUNT);
  }

  get allSettings(): Settings {
    return { ...DEFAULT_SETTINGS, ...this.settings };
  }

  /** An instance calls from a place at each of the times. */
  calls(id: string, place: string, times: string | readonly string[], who: Who & Done = {}): this {
    const { id: eventId, name, userAgent, did, ...by } = who;
    const done = {
      ...(eventId && { id: eventId }),
      ...(name && { name }),
      ...(userAgent && { userAgent }),
      ...(did && { did }),
    };
    for (const time of [times].flat()) this.facts.add(sighting(caller(id, place, by), time, done));
    return this;
  }

  issued(...given: Parameters<typeof issuance>): this {
    this.facts.add(issuance(...given));
    return this;
  }

  changed(...given: Parameters<typeof change>): this {
    this.facts.add(change(...given));
    return this;
  }

  withoutRanges(): this {
    this.ranges = null;
    return this;
  }

  histories(): Histories {
    const { workloads, privateNetworks } = this.allSettings;
    return assembleHistories(this.facts, kindsNamed(workloads), cidrSet(privateNetworks));
  }

  detected(onJudgement?: (judgement: Judgement) => void): Detection {
    const given = { facts: this.facts, settings: this.allSettings, ipRanges: this.ranges };
    return detect(onJudgement ? { ...given, onJudgement } : given);
  }

  judgement(id: string): Judgement {
    const found: Judgement[] = [];
    this.detected((judgement) => {
      if (judgement.history.workload.id === id) found.push(judgement);
    });
    const [only] = found;
    if (!only) throw new Error(`nothing was judged of ${id}`);
    return only;
  }

  /** What was decided of an instance's calls, in order: `10:05 own-address trusted`. */
  decisions(id: string): string[] {
    return this.judgement(id).decisions.map(shownDecision);
  }

  /** `HIGH OutsideAWS i-1 192.0.2.66` for each finding. */
  found(): string[] {
    return this.detected().findings.map(({ severity, type, workload, origin }) =>
      [severity, type, workload?.id ?? '-', origin?.ip ?? origin?.service ?? '-'].join(' '),
    );
  }
}

export function shownDecision({ sighting: { event }, rule, outcome }: Decision): string {
  return `${new Date(event.time).toISOString().slice(11, 16)} ${rule} ${outcome}`;
}
