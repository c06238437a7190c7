import { cidrSet, type CidrSet } from '../model/address';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { isoTime } from '../model/event-time';
import { ec2Instance } from '../kinds/ec2-instance';
import { originOf, originText } from '../model/origin';
import { readRecord } from '../records/read-record';
import { parseSessionArn } from '../model/session-arn';
import { workloadKey, type Workload } from '../model/workload';
import { defaults, launch, modification, oldKeys, ownResources, type Denial, type DenialOf } from './denials';
import { DistinctCalls } from './distinct-calls';
import { CERTAINTIES, GUARDRAILS, type Certainty, type CheckedGuardrails, type GuardrailName } from './guardrail';
import { isHandedOut, networkCallIn, networkDenial, type NetworkCall, type NetworkGuardrail } from './own-network';
import { Places } from './places';
import { isExempt, policySubjectOf, type PolicySubject } from './policy-subject';
import { compareText } from '../model/compare-text';

export const GUARDRAIL_CHECK_SCHEMA = 'credlock.guardrail-check/1';

/** A caller that a guardrail would deny: one row for each principal and service. Public, as JSON Lines. */
export interface Breakage {
  readonly schema: typeof GUARDRAIL_CHECK_SCHEMA;
  readonly guardrail: GuardrailName;
  readonly certainty: Certainty;
  /** True where a finding is about these calls: the guardrail would stop an attacker, so the role should not be exempted. */
  readonly suspected: boolean;
  readonly account: string;
  /** A role's name, `user/<name>`, or `root`. */
  readonly principal: string;
  readonly principalArn: string | null;
  /** Ids of the instances whose keys were used, sorted; at most 20. */
  readonly workloads: readonly string[];
  readonly workloadsLeftOut: number;
  /** `s3.amazonaws.com` */
  readonly service: string;
  /** Names of the calls, sorted; at most 10. */
  readonly actions: readonly string[];
  /** At most 5, the smallest by their text. */
  readonly userAgents: readonly string[];
  /** Distinct records. */
  readonly count: number;
  /** True where there were more than were counted. */
  readonly countIsLeast: boolean;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Sentences, each once; at most 3. */
  readonly why: readonly string[];
  readonly fix: readonly string[];
}

/** True if a finding is about the calls of a workload from an origin (as `originText` writes it). */
export type IsSuspect = (workload: Workload, origin: string) => boolean;

const BY_RECORD: Readonly<Partial<Record<GuardrailName, DenialOf>>> = {
  'protect-credlock': ownResources,
  'imds-defaults': defaults,
  'launch-requires-imdsv2': launch,
  'modify-requires-imdsv2': modification,
  'deny-imdsv1-keys': oldKeys,
};

/** Calls that differ only in their time and name. */
interface Observation {
  readonly guardrail: GuardrailName;
  readonly subject: PolicySubject;
  readonly workload: Workload | null;
  readonly origin: string;
  readonly service: string;
  /** Decided by the record, or to be decided when everything is read. */
  readonly denial: Denial | NetworkCall;
  readonly actions: Set<string>;
  readonly userAgents: Set<string>;
  readonly calls: DistinctCalls;
}

const MOST_WORKLOADS = 20;
const MOST_ACTIONS = 10;
const MOST_SENTENCES = 3;
const MOST_USER_AGENTS = 5;
const LONGEST_USER_AGENT = 120;

/** Refused calls are skipped: a guardrail would change nothing. */
const REFUSED = /AccessDenied|Unauthorized|NotAuthorized|Forbidden|ExpiredToken|InvalidClientTokenId|AuthFailure/i;

/**
 * Replays recorded traffic against guardrails. `read` takes records in any order and any number of times; memory grows with
 * principals, instances, origins and services, not with records.
 */
export class TrafficCheck {
  private readonly observations = new Map<string, Observation>();
  private readonly places = new Places();
  private readonly privateNetworks: CidrSet;

  /** `privateNetworks`: the setting of that name. */
  constructor(
    private readonly checked: CheckedGuardrails,
    privateNetworks: readonly string[] = [],
  ) {
    this.privateNetworks = cidrSet(privateNetworks);
  }

  /** Reads one parsed record. Never throws, whatever JSON it is given. */
  read(value: unknown): void {
    const reading = readRecord(value);
    if ('skip' in reading) return;
    const { record } = reading;
    this.places.read(record);
    if (isAlwaysAllowed(record) || REFUSED.test(record.errorCode ?? '')) return;
    const subject = policySubjectOf(record, this.checked);
    if (!subject) return;
    for (const [guardrail, exceptions] of this.checked.guardrails) {
      if (isExempt(subject, exceptions)) continue;
      const denial = this.denialOf(guardrail, record);
      if (denial && !isExemptService(denial, exceptions.exemptServices))
        this.observe(guardrail, record, subject, denial);
    }
  }

  /** One row for each principal and service that would be denied, by guardrail, certainty and number of calls. */
  breakages(isSuspect: IsSuspect): Breakage[] {
    const rows = new Map<string, Row>();
    for (const observation of this.observations.values()) {
      const denial = this.decided(observation);
      if (!denial) continue;
      const { guardrail, subject, workload, origin, service } = observation;
      const suspected = workload !== null && isSuspect(workload, origin);
      const key = [guardrail, denial.certainty, suspected, subject.account, subject.principal, service].join(' ');
      const row = rows.get(key) ?? new Row(observation, denial.certainty, suspected);
      rows.set(key, row);
      row.add(observation, denial);
    }
    return [...rows.values()].map((row) => row.breakage()).sort(byWeight);
  }

  private denialOf(guardrail: GuardrailName, record: CloudTrailRecord): Denial | NetworkCall | null {
    const byRecord = BY_RECORD[guardrail];
    return byRecord ? byRecord(record) : networkCallIn(record, this.privateNetworks);
  }

  private decided({ guardrail, denial }: Observation): Denial | null {
    if ('certainty' in denial) return denial;
    return isNetworkGuardrail(guardrail) ? networkDenial(guardrail, denial, this.places) : null;
  }

  private observe(
    guardrail: GuardrailName,
    record: CloudTrailRecord,
    subject: PolicySubject,
    denial: Denial | NetworkCall,
  ): void {
    const { source, eventSource: service } = record;
    const workload = workloadIn(record);
    const seen = source && originOf(source, this.privateNetworks);
    const origin = seen === null || isHandedOut(record, seen) ? '' : originText(seen);
    const key = [
      guardrail,
      subject.account,
      subject.principal,
      workload ? workloadKey(workload) : '',
      origin,
      service,
      'certainty' in denial ? denial.why + denial.fix : '',
    ].join(' ');
    let kept = this.observations.get(key);
    if (!kept) {
      kept = {
        guardrail,
        subject,
        workload,
        origin,
        service,
        denial,
        actions: new Set(),
        userAgents: new Set(),
        calls: new DistinctCalls(),
      };
      this.observations.set(key, kept);
    }
    kept.calls.add(record.sharedEventId ?? record.eventId, record.time);
    kept.actions.add(record.eventName);
    if (record.userAgent !== null) keepSmallest(kept.userAgents, record.userAgent.slice(0, LONGEST_USER_AGENT));
  }
}

/** "If an administrator attaches a policy … that explicitly denies access …, you can still perform this operation" (STS API reference). */
function isAlwaysAllowed({ eventSource, eventName }: CloudTrailRecord): boolean {
  return eventSource.startsWith('sts.') && eventName === 'GetCallerIdentity';
}

function isExemptService(denial: Denial | NetworkCall, exempt: readonly string[]): boolean {
  return 'action' in denial && exempt.includes(denial.action.split(':')[0] ?? '');
}

function isNetworkGuardrail(guardrail: GuardrailName): guardrail is NetworkGuardrail {
  return guardrail === 'own-vpc-only' || guardrail === 'own-address-only';
}

/** The instance whose keys made the call, by its record alone. */
function workloadIn(record: CloudTrailRecord): Workload | null {
  const session = parseSessionArn(record.identity.arn);
  const named = session && ec2Instance.namedBy(session, record);
  return named && named.shown !== 'shape' ? named.workload : null;
}

class Row {
  private readonly workloads = new Set<string>();
  private readonly actions = new Set<string>();
  private readonly userAgents = new Set<string>();
  private readonly why = new Set<string>();
  private readonly fix = new Set<string>();
  private count = 0;
  private countIsLeast = false;
  private first = Infinity;
  private last = 0;

  constructor(
    private readonly of: Observation,
    private readonly certainty: Certainty,
    private readonly suspected: boolean,
  ) {}

  add({ workload, actions, userAgents, calls }: Observation, { why, fix }: Denial): void {
    if (workload) this.workloads.add(workload.id);
    for (const action of actions) this.actions.add(action);
    for (const userAgent of userAgents) keepSmallest(this.userAgents, userAgent);
    this.why.add(why);
    this.fix.add(fix);
    this.count += calls.count;
    this.countIsLeast ||= calls.more;
    this.first = Math.min(this.first, calls.first);
    this.last = Math.max(this.last, calls.last);
  }

  breakage(): Breakage {
    const { guardrail, subject, service } = this.of;
    return {
      schema: GUARDRAIL_CHECK_SCHEMA,
      guardrail,
      certainty: this.certainty,
      suspected: this.suspected,
      account: subject.account,
      principal: subject.principal,
      principalArn: subject.arn,
      workloads: smallest(this.workloads, MOST_WORKLOADS),
      workloadsLeftOut: Math.max(0, this.workloads.size - MOST_WORKLOADS),
      service,
      actions: smallest(this.actions, MOST_ACTIONS),
      userAgents: smallest(this.userAgents, MOST_USER_AGENTS),
      count: this.count,
      countIsLeast: this.countIsLeast,
      firstSeen: isoTime(this.first),
      lastSeen: isoTime(this.last),
      why: smallest(this.why, MOST_SENTENCES),
      fix: smallest(this.fix, MOST_SENTENCES),
    };
  }
}

/** Callers choose their user agents: only so many are kept, the same whatever order they come in. */
function keepSmallest(kept: Set<string>, text: string): void {
  kept.add(text);
  if (kept.size <= MOST_USER_AGENTS) return;
  kept.delete([...kept].sort().at(-1) ?? '');
}

function smallest(texts: ReadonlySet<string>, most: number): string[] {
  return [...texts].sort().slice(0, most);
}

function byWeight(a: Breakage, b: Breakage): number {
  return (
    GUARDRAILS.indexOf(a.guardrail) - GUARDRAILS.indexOf(b.guardrail) ||
    Number(a.suspected) - Number(b.suspected) ||
    CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty) ||
    b.count - a.count ||
    compareText(`${a.account} ${a.principal} ${a.service}`, `${b.account} ${b.principal} ${b.service}`)
  );
}
