import { seededRandom } from '../../trail-writer/random';
import { CrashBook } from './crash-book';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import type { Story } from './live-run';
import { AWAY_ADDRESS, call, HOME_ADDRESS } from './records';
import { asksLate, claimsLate, forgetsWhatIsThere, type Sabotage } from './sabotage';
import { DEFAULT_RANGES, storyNamed } from './stories';
import { storyWith } from './story';
import { expectAsReplayed, isAsReplayed } from './wire-equality';
import { deliver, deliveriesOf, endOf, hubFor, type WireEnd } from './wire-run';

/** Of AWS, as `HOME_ADDRESS` is. */
const OTHER_HOME = '198.51.100.30';

const TWICE = [call('09:05', HOME_ADDRESS), call('10:05', AWAY_ADDRESS), call('10:07', AWAY_ADDRESS)];

let engine: DynamoDb;

beforeAll(async () => {
  engine = await startDynamoDb();
});

afterAll(() => engine.close());

interface Told extends WireEnd {
  readonly book: CrashBook;
  /** States of all findings in Security Hub. */
  readonly states: readonly string[];
}

/**
 * The records of each chapter, when all that the one before raised is done. Between the deaths of a container there is
 * nothing but redelivery, and each message comes once more than it need.
 */
async function crashing(
  story: Story,
  chapters: readonly (readonly unknown[])[],
  sabotage: Sabotage | null = null,
  batch = 10,
): Promise<Told> {
  const book = new CrashBook();
  const { hasDied, isForgotten } = book;
  const broken = sabotage && { meddle: sabotage.meddle };
  const options = { visibilityTimeout: 0, hasDied, isForgotten, batch, ...broken };
  const hub = await hubFor(story, { seed: 6, engine, containers: 1, options });
  try {
    book.haunt(hub.wire);
    for (const records of chapters) {
      for (const one of deliveriesOf(records, seededRandom(1), 0)) await deliver(one, hub);
      await hub.settle();
      await sabotage?.late();
      await hub.settle();
    }
    return { ...endOf(hub), book, states: hub.imported().map(({ state }) => state) };
  } finally {
    await hub.close();
  }
}

describe('a container that dies before each request is sent, and after the server has acted, loses and doubles nothing', () => {
  it.each([
    ['a theft', storyWith([call('09:05', HOME_ADDRESS), call('10:05', AWAY_ADDRESS)], {}, DEFAULT_RANGES)],
    ['a key at the address of another instance', storyNamed('ownership/first-use-at-the-address-of-another-instance')],
  ])('%s', async (_what, story) => {
    const { book, ...end } = await crashing(story, [story.records]);
    expectAsReplayed(end, story);
    expect(book.requests).toBeGreaterThan(50);
    expect(book.deaths).toBe(2 * book.requests);
  });

  it('an attacker who calls again within the hour, each call by itself', async () => {
    const story = storyWith(TWICE, {}, DEFAULT_RANGES);
    const chapters = TWICE.map((record) => [record]);
    const { book, ...end } = await crashing(story, chapters, null, 1);
    expectAsReplayed(end, story);
    expect(book.deaths).toBe(2 * book.requests);
  });

  it('a theft that a late record explains', async () => {
    const story = storyNamed('moved/address-for-real');
    const calls = story.records.filter((record) => !isChange(record));
    const { book, states, ...end } = await crashing(story, [calls, story.records.filter(isChange)]);
    expectAsReplayed(end, story);
    expect(states).toEqual(['ARCHIVED']);
    expect(book.deaths).toBe(2 * book.requests);
  });
});

describe('it would be seen', () => {
  const elsewhere = { account: '444455556666', instance: 'i-0d0d00000000000d4' };

  it.each([
    ['if storing were not idempotent', TWICE, forgetsWhatIsThere],
    ['if done did not mean sent', [call('09:05', HOME_ADDRESS), call('10:05', AWAY_ADDRESS)], asksLate],
    [
      'if claims were written after others are read',
      [
        call('09:05', HOME_ADDRESS),
        call('10:05', OTHER_HOME),
        call('08:05', OTHER_HOME, elsewhere),
        call('09:05', OTHER_HOME, elsewhere),
      ],
      claimsLate,
    ],
  ])('%s', async (_what, records, sabotaged) => {
    const story = storyWith(records, {}, DEFAULT_RANGES);
    const chapters = records.map((record) => [record]);
    expect(isAsReplayed(await crashing(story, chapters, sabotaged(), 1), story)).toBe(false);
  });
});

function isChange(record: unknown): boolean {
  return (record as { readonly eventName: string }).eventName === 'AssociateAddress';
}
