import { METRICS } from '../environment';
import { reportFinding } from '../confirming/report-finding';
import type { KubernetesAct } from '../kubernetes/act';
import { ActSet } from '../kubernetes/act-set';
import type { AuditEvent } from '../kubernetes/audit-event';
import { findingOf, hiddenBy } from '../kubernetes/detect-kubernetes';
import { tokenFactsOf } from '../kubernetes/tokens/read-token-facts';
import { observeReadRecords } from '../observing/observe-records';
import type { RefusedRecord } from '../observing/observing-context';
import { despiteOthers } from '../store/concurrent-change';
import { partition as partitionOf } from '../store/table-schema';
import type { AuditContext } from './audit-context';
import { observeTokens, TokenFacts } from './observe-tokens';
import { SessionRequests } from './session-requests';
import { storeActs } from './store-acts';

/** Stored and reported together, so that memory does not grow with the object. */
const MOST_ACTS = 2_000;
const MOST_REQUESTS = 1_000;
const MOST_TOKEN_FACTS = 2_000;
const ATTEMPTS = 8;

/** What was read of an object and is not stored yet: acts that rules report, requests of AWS sessions, facts about tokens. */
export class UnstoredFacts {
  readonly #context: AuditContext;
  readonly #onRefused: (refused: RefusedRecord<null>) => Promise<void>;
  readonly #isHidden: (act: KubernetesAct) => boolean;
  readonly #sessions: SessionRequests;
  readonly #tokens = new TokenFacts();
  #acts: ActSet;
  #actCount = 0;

  /** `onRefused` gets the requests that the table will never take. */
  constructor(context: AuditContext, onRefused: (refused: RefusedRecord<null>) => Promise<void>) {
    this.#context = context;
    this.#onRefused = onRefused;
    this.#isHidden = hiddenBy(context);
    this.#sessions = new SessionRequests(context.observed);
    this.#acts = new ActSet(this.#isHidden);
  }

  get isFull(): boolean {
    return this.#actCount >= MOST_ACTS || this.#sessions.size >= MOST_REQUESTS || this.#tokens.size >= MOST_TOKEN_FACTS;
  }

  /** Takes from a request which session or token was used, and from where. */
  addRequest(event: AuditEvent): void {
    this.#sessions.add(event);
    for (const fact of tokenFactsOf(event)) this.#tokens.add(fact);
  }

  addAct(act: KubernetesAct): void {
    this.#acts.add(act);
    this.#actCount += 1;
  }

  /** Stores what was read and publishes its findings. */
  async store(): Promise<void> {
    await this.#observeSessions();
    await this.#observeTokens();
    const groups = [...this.#acts.groups()];
    this.#acts = new ActSet(this.#isHidden);
    this.#actCount = 0;
    for (const acts of groups) await despiteOthers(() => this.#report(acts), ATTEMPTS);
  }

  async #observeSessions(): Promise<void> {
    if (this.#sessions.size === 0) return;
    const { observing, now } = this.#context;
    const observed = await observeReadRecords(this.#sessions.records(), { ...observing, now: now() });
    this.#count(observed);
    for (const error of observed.failed.values()) throw error;
    for (const refused of observed.refused) await this.#onRefused(refused);
    this.#sessions.done();
  }

  /** After the sessions: what nodes state is judged by theirs. */
  async #observeTokens(): Promise<void> {
    const facts = this.#tokens.take();
    if (facts.length === 0) return;
    const { observing, settled, now } = this.#context;
    this.#count(await observeTokens(facts, { ...observing, settled, now: now() }));
  }

  #count({ facts, judged, asked }: { readonly facts: number; readonly judged: number; readonly asked: number }): void {
    const { meter } = this.#context;
    meter.count(METRICS.facts, facts);
    meter.count(METRICS.workloadsJudged, judged);
    meter.count(METRICS.suspicionsRequested, asked);
  }

  async #report(acts: readonly KubernetesAct[]): Promise<void> {
    const context = this.#context;
    const [first] = acts;
    if (!first) return;
    const pk = partitionOf.kubernetes(first.group);
    // Of two concurrent runs, the one that reads later has the later time too.
    const now = context.now();
    const all = await storeActs(pk, acts, { ...context, isHidden: this.#isHidden });
    const { finding, isSuppressed } = findingOf(all, context);
    if (finding) await reportFinding(pk, { finding, isSuppressed }, { ...context, now });
  }
}
