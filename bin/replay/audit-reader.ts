import { HeldPlaces } from '../../lambda/detection/judge/held-places';
import type { Judgement } from '../../lambda/detection/judge/judge';
import type { NetworkContext } from '../../lambda/detection/judge/plausibility';
import type { SessionRequest } from '../../lambda/detection/records/request-facts';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import { organizationOf, type Settings } from '../../lambda/detection/model/settings';
import { ActSet } from '../../lambda/kubernetes/act-set';
import type { KubernetesAct } from '../../lambda/kubernetes/act';
import { addressOwners } from '../../lambda/kubernetes/address-owner';
import type { AuditFault } from '../../lambda/kubernetes/audit-event';
import { clusterKey, type Cluster } from '../../lambda/kubernetes/cluster';
import { detectKubernetes, hiddenBy, type KubernetesDetection } from '../../lambda/kubernetes/detect-kubernetes';
import { auditTimeOf, readAuditEvent, readCutLine } from '../../lambda/kubernetes/read-audit-event';
import { actsOf } from '../../lambda/kubernetes/rules';
import { sessionCaller, sessionRecordOf } from '../../lambda/kubernetes/session-record';
import { clusterOfLine, type AuditLine } from '../../lambda/kubernetes/unwrap-audit';
import { readRuntimeLine } from '../../lambda/runtime/read-runtime-line';
import { clusterOfAlarm, type AlarmLine } from '../../lambda/runtime/unwrap-alarms';
import { CLUSTER_LINE_FINDER } from '../../lambda/trail-files/cluster-line-finder';
import type { ClusterLines } from '../../lambda/trail-files/cluster-lines';
import { SkipCounts } from '../../lambda/trail-files/trail-reading';
import type { IsHeld } from '../../lambda/kubernetes/tokens/cluster-homes';
import { detectTokens } from '../../lambda/kubernetes/tokens/detect-tokens';
import { tokenFactsOf } from '../../lambda/kubernetes/tokens/read-token-facts';
import type { TokenFact } from '../../lambda/kubernetes/tokens/token-fact';
import { TokenFactSet } from '../../lambda/kubernetes/tokens/token-fact-set';
import type { AuditCounts } from '../report/summary';
import { counted, grouped } from '../terminal/numbers';
import { KubernetesLines } from './kubernetes-lines';

/** How audit logs are read. JSON data. */
export interface AuditOptions {
  /** For lines whose wrapper names no cluster. */
  readonly cluster: Cluster;
  readonly settings: Settings;
}

/** What was read, as data that can be sent to another thread. */
export interface AuditData {
  readonly acts: readonly KubernetesAct[];
  readonly tokenFacts: readonly TokenFact[];
  readonly counts: AuditCounts;
  readonly clusters: readonly string[];
}

/** Receives the lines of one file. */
export interface FileAudit extends ClusterLines {
  /** Ends the file. For people: lines that are no usable events; null where there are none. */
  end(): string | null;
}

/** Takes the judgements on all workloads; then finds, by the owners of addresses that a replay knows. */
export interface ClusterJudging {
  readonly note: (judgement: Judgement) => void;
  readonly detect: (network: NetworkContext, ipRanges: IpRanges | null) => readonly KubernetesDetection[];
}

/** A suppression never depends on who has an address. */
const OWNERS_UNKNOWN = addressOwners({ book: null, ipRanges: null, organization: organizationOf([], new Set()) });

/** A cluster's parts may come from names in the file; more of them are not counted. */
const MOST_CLUSTERS = 1_000;

/**
 * Reads lines of audit logs and of agents into the acts that rules report, the requests of AWS sessions, and the facts about
 * service accounts' tokens.
 */
export class AuditReader {
  readonly options: AuditOptions;
  readonly acts: ActSet;
  readonly tokens = new TokenFactSet();
  /** All that is kept from run to run. */
  readonly lines: KubernetesLines;
  readonly #clusters = new Set<string>();
  #events = 0;
  #passedOver = 0;
  #others = 0;
  #alarms = 0;
  readonly #noAlarms = new SkipCounts<string>();

  constructor(options: AuditOptions) {
    this.options = options;
    this.acts = new ActSet(hiddenBy({ settings: options.settings, ownerOf: OWNERS_UNKNOWN }));
    this.lines = new KubernetesLines(this.acts, this.tokens);
  }

  /** `onSession` gets the requests of AWS sessions. */
  file(onSession: OnSession): FileAudit {
    return new FileLines(
      (line, loggedAt) => this.#read(line, loggedAt, onSession),
      (line) => this.#readAlarm(line),
      (lines) => (this.#others += lines),
    );
  }

  data(): AuditData {
    const [acts, tokenFacts] = [[...this.acts.acts()], [...this.tokens.facts()]];
    return { acts, tokenFacts, counts: this.counts, clusters: [...this.#clusters] };
  }

  add({ acts, tokenFacts, counts, clusters }: AuditData): void {
    for (const act of acts) this.acts.add(act);
    for (const fact of tokenFacts) this.tokens.add(fact);
    for (const cluster of clusters) this.#saw(cluster);
    this.#events += counts.events;
    this.#passedOver += counts.passedOver;
    this.#others += counts.others;
    this.#alarms += counts.alarms;
    this.#noAlarms.add(counts.noAlarms);
  }

  get counts(): AuditCounts {
    const { size } = this.#clusters;
    return {
      events: this.#events,
      passedOver: this.#passedOver,
      others: this.#others,
      alarms: this.#alarms,
      noAlarms: this.#noAlarms,
      clusters: size,
    };
  }

  /** The findings on clusters, and those on tokens by the judgements on the sessions of nodes. */
  judging(): ClusterJudging {
    const { acts, tokens, options } = this;
    const { settings } = options;
    const held = new HeldPlaces(tokens.nodeSessions());
    const isHeld: IsHeld = ({ cluster, session, place, time }) =>
      held.isHeld(session, { ip: place, cluster: clusterKey(cluster) }, time);
    return {
      note: (judgement) => held.note(judgement),
      detect: ({ book, organization }, ipRanges) => {
        const context = { settings, ownerOf: addressOwners({ book, ipRanges, organization }) };
        return [detectKubernetes({ groups: acts.groups(), ...context }), detectTokens(tokens, { ...context, isHeld })];
      },
    };
  }

  /** The time of the line, or why it is no event; null where neither is known. */
  #read(line: AuditLine, loggedAt: number | null, onSession: OnSession): number | AuditFault | null {
    const { cluster: given, settings } = this.options;
    const cluster = clusterOfLine(line, given);
    const event =
      typeof line.line === 'string'
        ? readCutLine(line.line, cluster, loggedAt)
        : readAuditEvent(line.line, cluster, loggedAt);
    if (event !== null && 'fault' in event) return event;
    this.#saw(clusterKey(cluster));
    if (event === null) {
      this.#passedOver += 1;
      return typeof line.line === 'string' ? null : auditTimeOf(line.line);
    }
    this.#events += 1;
    for (const act of actsOf(event, settings.kubernetes)) this.acts.add(act);
    const caller = sessionCaller(event);
    if (caller !== null)
      onSession({ caller, time: event.time, id: event.auditId, record: () => sessionRecordOf(event) });
    for (const fact of tokenFactsOf(event)) this.tokens.add(fact);
    return event.time;
  }

  /** Why it is no line of an agent; null where it is. */
  #readAlarm(alarm: AlarmLine): AuditFault | null {
    const { cluster: given, settings } = this.options;
    const cluster = clusterOfAlarm(alarm, given);
    const read = readRuntimeLine(alarm.line, cluster, alarm.agent, settings.kubernetes);
    if ('fault' in read) return read;
    this.#saw(clusterKey(cluster));
    if ('notAnAlarm' in read) this.#noAlarms.count(read.notAnAlarm);
    else this.#alarms += 1;
    for (const act of 'acts' in read ? read.acts : []) this.acts.add(act);
    return null;
  }

  #saw(cluster: string): void {
    if (this.#clusters.size < MOST_CLUSTERS) this.#clusters.add(cluster);
  }
}

type OnSession = (request: SessionRequest) => void;
type ReadLine = (line: AuditLine, loggedAt: number | null) => number | AuditFault | null;

/** Lines that wait for the first time in their file. */
const MOST_EARLY = 20;

class FileLines implements FileAudit {
  readonly finder = CLUSTER_LINE_FINDER;
  readonly #faults = new SkipCounts<string>();
  readonly #alarmFaults = new SkipCounts<string>();
  readonly #early: AuditLine[] = [];
  #lastTime: number | null = null;

  constructor(
    private readonly read: ReadLine,
    private readonly readAlarm: (line: AlarmLine) => AuditFault | null,
    readonly other: (lines: number) => void,
  ) {}

  /** Where nothing else says when a line was logged, it counts as logged with the one before, or the first one behind. */
  line(line: AuditLine): void {
    const loggedAt = line.loggedAt ?? this.#lastTime;
    if (loggedAt === null && typeof line.line === 'string' && this.#early.length < MOST_EARLY) this.#early.push(line);
    else this.#take(line, loggedAt);
  }

  alarm(line: AlarmLine): void {
    const fault = this.readAlarm(line);
    if (fault !== null) this.#alarmFaults.count(fault.fault);
  }

  #take(line: AuditLine, loggedAt: number | null): void {
    const read = this.read(line, loggedAt);
    if (typeof read === 'number') this.#lastTime = read;
    else if (read !== null) this.#faults.count(read.fault);
    if (this.#lastTime !== null) this.#takeEarly();
  }

  #takeEarly(): void {
    for (const line of this.#early.splice(0)) this.#take(line, this.#lastTime);
  }

  end(): string | null {
    this.#takeEarly();
    const problems = [unread(this.#faults, 'an audit log'), unread(this.#alarmFaults, 'an agent')];
    return problems.filter((one) => one !== null).join('; ') || null;
  }
}

function unread(faults: ReadonlyMap<string, number>, of: string): string | null {
  if (faults.size === 0) return null;
  const lines = [...faults.values()].reduce((sum, count) => sum + count, 0);
  const reasons = [...faults].map(([fault, count]) => `${fault}: ${grouped(count)}`).sort();
  return `${counted(lines, 'line')} of ${of} could not be read (${reasons.join(', ')})`;
}
