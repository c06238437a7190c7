import type { Change } from '../detection/facts/facts';
import { inventoryFacts } from '../detection/network/inventory';
import type { Workload } from '../detection/model/workload';
import { METRICS } from '../environment';
import { judgeWorkloads } from '../judging/judge-workloads';
import type { ObserveContext } from '../observing/observing-context';
import { storeInventory } from '../observing/store-inventory';
import { currentAnswer, REFUSALS, saveAnswer, takeQuestion, type Outcome, type Refusal } from '../store/answers';
import { recordedSince } from '../store/heartbeats';
import { reasonOf, type Log, type Meter } from '../telemetry';
import { inventoryOf } from './inventory-of';
import type { Listing } from './listed-resources';
import { questionsOf, type Question } from './questions';
import { refusalOf } from './refusal';

export interface VerifyContext {
  readonly observing: ObserveContext;
  /** What EC2 has at the address, with all interfaces of the instances involved. Throws if there is no answer in time. */
  readonly askEc2: (question: Question) => Promise<Listing>;
  /** Of the hub. */
  readonly partition: string;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Questions to one account and hour, each of at most seven requests: EC2 refills 20 a second (EC2 API guide, throttling). */
const MOST_AN_HOUR = 120;

const ATTEMPTS = 3;

/** An answer may make another origin the suspect. */
const MOST_ROUNDS = 3;

/**
 * Asks EC2 who has the untrusted origins of a workload, and stores what it lists as inventory facts, by which the workload is
 * judged again. The outcome of each question is stored after them, so a repeated message asks again what was not stored.
 */
export async function verifyWorkload(workload: Workload, context: VerifyContext): Promise<void> {
  const { observing } = context;
  const refused = new Map<string, Refusal>();
  const asked = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { judged } = await judgeWorkloads([workload], observing);
    const questions = judged.flatMap((one) => questionsOf(one, observing.settings));
    const fresh = questions.filter((question) => !asked.has(JSON.stringify(question)));
    for (const question of fresh) {
      asked.add(JSON.stringify(question));
      await settle(question, refused, context);
    }
    if (fresh.length === 0) return;
  }
}

/** Asks and saves the outcome. A place that refused one question is not asked the others. */
async function settle(question: Question, refused: Map<string, Refusal>, context: VerifyContext): Promise<void> {
  const place = `${question.account}/${question.region}`;
  const outcome = refused.get(place) ?? (await answer(question, context));
  if (outcome === null) return;
  if (isRefusal(outcome)) refused.set(place, outcome);
  await saveAnswer(context.observing.table, { ...question, at: context.now(), outcome });
}

/** Null where an earlier answer still holds. Throws if the answer cannot be stored. */
async function answer(question: Question, context: VerifyContext): Promise<Outcome | null> {
  const { observing, meter, log } = context;
  const now = context.now();
  const { account, region } = question;
  if (await currentAnswer(observing.table, question, now)) return null;
  if (!(await takeQuestion(observing.table, account, { now, most: MOST_AN_HOUR }))) {
    meter.count(METRICS.questionsUnanswered, 1, { reason: 'too-many' });
    return 'too-many';
  }
  let listing: Listing;
  try {
    listing = await context.askEc2(question);
  } catch (error) {
    const reason = refusalOf(error);
    meter.count(METRICS.questionsUnanswered, 1, { reason });
    log.warn('address not verified', { account, region, reason: reasonOf(error) });
    return reason;
  }
  const outcome = await store(listing, question, context);
  meter.count(METRICS.questionsAnswered, 1, { outcome });
  return outcome;
}

async function store(listing: Listing, { account, region, ip }: Question, context: VerifyContext): Promise<Outcome> {
  const { observing, partition, now } = context;
  const since = await recordedSince(observing.table, account, region);
  const inventory = inventoryOf(listing, { partition, account, region, askedAt: now(), recordedSince: since });
  const facts = inventoryFacts(inventory);
  await storeAll(facts, observing);
  const isFound = facts.some(
    ({ publicIps, interfaces }) =>
      publicIps.includes(ip) || interfaces.some((one) => [...one.privateIps, ...one.ipv6].includes(ip)),
  );
  return isFound ? 'found' : 'not-found';
}

/** A concurrent confirmation may fail it, and a redelivered message would come after the hold. */
async function storeAll(facts: readonly Change[], observing: ObserveContext): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const [first] = (await storeInventory(facts, observing)).failed;
    if (!first) return;
    if (attempt === ATTEMPTS) throw first.error;
  }
}

function isRefusal(outcome: Outcome): outcome is Refusal {
  return REFUSALS.some((one) => one === outcome);
}
