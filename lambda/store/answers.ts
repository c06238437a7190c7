import * as z from 'zod';
import { partition, SORT_KEYS } from './table-schema';
import type { ItemKey, LockTable } from './lock-table';

/** Why EC2 gave no answer. */
export const REFUSALS = ['denied', 'throttled', 'no-answer', 'region-disabled', 'too-many', 'failed'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Whether an account has an address in a Region, or why that is not known. */
const OUTCOMES = ['found', 'not-found', ...REFUSALS] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** An address, asked about in one account and Region. */
export interface AddressPlace {
  readonly account: string;
  readonly region: string;
  /** Canonical. */
  readonly ip: string;
  /** The instance that called from a private address, which repeats from VPC to VPC; null for public addresses. */
  readonly host: string | null;
}

export interface Answer extends AddressPlace {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly outcome: Outcome;
}

const ANSWER = z.object({
  account: z.string(),
  region: z.string(),
  ip: z.string(),
  host: z.nullable(z.string()),
  at: z.number(),
  outcome: z.enum(OUTCOMES),
});

const HOUR = 3_600_000;
const MINUTE = 60_000;
const KEEP_SECONDS = 90 * 86_400;
const ATTEMPTS = 8;

/** How long an answer holds, in milliseconds: until then it is not asked again. */
const HOLDS: Readonly<Record<Outcome, number>> = {
  found: HOUR,
  'not-found': HOUR,
  denied: 10 * MINUTE,
  'region-disabled': HOUR,
  throttled: MINUTE,
  'no-answer': MINUTE,
  failed: MINUTE,
  'too-many': 0,
};

/** The answer about an address that still holds; null if there is none. `now`: epoch milliseconds. */
export async function currentAnswer(table: LockTable, place: AddressPlace, now: number): Promise<Answer | null> {
  const [item] = await table.read([keyOf(place)]);
  if (!item) return null;
  const answer = ANSWER.parse(JSON.parse(item.body));
  return now < answer.at + HOLDS[answer.outcome] ? answer : null;
}

/** The latest answers about an address by an account, of each Region asked. */
export async function answersAbout(
  table: LockTable,
  { account, ip }: Pick<AddressPlace, 'account' | 'ip'>,
): Promise<Answer[]> {
  const items = await table.query(partition.questions(account), `${SORT_KEYS.answer}${ip} `);
  return items.map(({ body }) => ANSWER.parse(JSON.parse(body)));
}

export async function saveAnswer(table: LockTable, answer: Answer): Promise<void> {
  const { account, region, ip, host, at, outcome } = answer;
  const body = JSON.stringify({ account, region, ip, host, at, outcome });
  await table.raise({ ...keyOf(answer), body, expires: Math.floor(at / 1_000) + KEEP_SECONDS, revision: at });
}

/** Counts a question to an account; false if `most` were asked in this hour. `now`: epoch milliseconds. */
export async function takeQuestion(
  table: LockTable,
  account: string,
  { now, most }: { readonly now: number; readonly most: number },
): Promise<boolean> {
  const key = { pk: partition.questions(account), sk: `${SORT_KEYS.asked}${Math.floor(now / HOUR)}` };
  const expires = Math.floor((now + 2 * HOUR) / 1_000);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [item] = await table.read([key]);
    const asked = item?.revision ?? 0;
    if (asked >= most) return false;
    if (await table.revise({ ...key, body: '', expires, revision: asked + 1 })) return true;
  }
  return false;
}

function keyOf({ account, region, ip, host }: AddressPlace): ItemKey {
  return { pk: partition.questions(account), sk: `${SORT_KEYS.answer}${ip} ${[region, host ?? []].flat().join(' ')}` };
}
