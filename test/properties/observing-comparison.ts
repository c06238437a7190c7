import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { WORKLOAD_KINDS } from '../../lambda/detection/kinds/all-kinds';
import { valueOf } from '../../lambda/detection/model/result';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { fastReading } from '../../lambda/observing/log-file-records';
import { observeMessages, type MessageContext } from '../../lambda/observing/observe-messages';
import type { RepeatedCalls } from '../../lambda/observing/repeated-calls';
import { Heartbeats } from '../../lambda/store/heartbeats';
import type { LockTable } from '../../lambda/store/lock-table';
import { boundedSeenCache } from '../../lambda/store/seen-cache';
import type { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { Random } from '../../trail-writer/random';
import { chunksOf } from '../lambda/trail-files/trail-fixtures';
import { canonical } from './canonical';
import { rewritten } from './rewritten-json';

const HUB = '999988887777';
const BUCKET = 'organization-trail';
export const HOUR = 3_600_000;

export interface LogFile {
  readonly text: string;
  readonly records: number;
  readonly account: string;
  readonly chunk: number;
  readonly now: number;
}

/** A handler that reads log files, with all that it wrote and counted. */
class Observer {
  readonly #written: unknown[] = [];
  readonly #counted: Record<string, number> = {};
  readonly #seen = boundedSeenCache();
  readonly #table = this.#recording(memoryLockTable());
  readonly #heartbeats = new Heartbeats();
  readonly #fast;
  /** Calls that were read without being parsed. */
  repeated = 0;

  /** By the ordinary path without a scanner. */
  constructor(scanner: LogFileScanner | null) {
    this.#fast = scanner && fastReading(this.#seen, scanner);
    if (this.#fast) this.#countRepeated(this.#fast.repeated);
  }

  async read({ text, account, chunk, now }: LogFile): Promise<void> {
    const key = `AWSLogs/${account}/CloudTrail/eu-west-1/file.json.gz`;
    const body = JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [key] });
    const failed = await observeMessages([{ messageId: 'file', body }], this.#context(Buffer.from(text), chunk, now));
    this.#written.push(...failed.values());
  }

  /** In an order that does not depend on which worker came first. */
  outcome(): string {
    return canonical({ written: this.#written.map(canonical).sort(), counted: this.#counted });
  }

  #countRepeated(calls: RepeatedCalls): void {
    const find = calls.find.bind(calls);
    calls.find = (...args) => {
      const found = find(...args);
      if (found !== null) this.repeated += 1;
      return found;
    };
  }

  #context(bytes: Buffer, chunk: number, now: number): MessageContext {
    const settings = valueOf(parseSettings({}));
    const trail = { bucket: BUCKET, prefix: '' };
    const write = (what: string) => (one: unknown) => Promise.resolve(void this.#written.push([what, one]));
    const count = (name: string, times = 1, by: object = {}): void => {
      const counter = `${name} ${canonical(by)}`;
      this.#counted[counter] = (this.#counted[counter] ?? 0) + times;
    };
    const observing = {
      table: this.#table,
      settings,
      ipRanges: null,
      kinds: WORKLOAD_KINDS,
      seen: this.#seen,
      requestConfirm: (workload: unknown, notBefore: number) => write('confirm')([workload, notBefore]),
      now,
    };
    return {
      ...observing,
      samples: observing,
      trail,
      hubAccount: HUB,
      open: () => Promise.resolve(chunksOf(bytes, chunk)),
      quarantine: write('quarantine'),
      forwardTampering: write('tampering'),
      deployed: { trail, detectorKey: null, hub: { account: HUB, region: null } },
      heartbeats: this.#heartbeats,
      fast: this.#fast,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      meter: { count, milliseconds: (name, value) => count(`${name} ${value}`), flush: () => undefined },
    };
  }

  #recording(table: LockTable): LockTable {
    const noted =
      <Item, Answer>(what: string, act: (item: Item) => Answer) =>
      (item: Item): Answer => {
        this.#written.push([what, { ...item }]);
        return act(item);
      };
    return {
      ...table,
      keep: noted('keep', (item) => table.keep(item)),
      merge: noted('merge', (item) => table.merge(item)),
      revise: noted('revise', (item) => table.revise(item)),
      raise: noted('raise', (item) => table.raise(item)),
      note: (key, did) => {
        this.#written.push(['note', key, did]);
        return table.note(key, did);
      },
    };
  }
}

/** Files in turn, which repeat each other's calls: at other times of a few hours, and rewritten. */
function filesOf(records: readonly unknown[], random: Random): LogFile[] {
  const first = records[0] as { recipientAccountId?: string; eventTime?: string };
  const account = first.recipientAccountId ?? '111122223333';
  const start = Date.parse(first.eventTime ?? '2026-09-01T00:00:00Z');
  return Array.from({ length: 5 }, (_, file) => {
    const texts = Array.from({ length: 1 + random.below(12) }, () => {
      const time = start + Math.floor(random.below(3 * HOUR) / 1_000) * 1_000;
      const moved = random.chance(0.9)
        ? { eventTime: new Date(time).toISOString().replace('.000Z', 'Z'), eventID: uuid(random) }
        : {};
      const extra = random.pick([{}, {}, { readOnly: true }, { readOnly: false }, { readOnly: 'true' }]);
      return rewritten(
        { ...(random.pick(records) as object), ...moved, ...extra },
        random,
        random.pick([0, 0, 0, 0.05]),
      );
    });
    const now = start + 3 * HOUR + file + random.pick([0, 0, 0, 0, -2 * 24 * HOUR, 800 * 24 * HOUR]);
    const text = `{"Records":[${texts.join(',')}]}${random.pick(['', '', '', '{"eventVersion":"1.0'])}`;
    return { text, records: texts.length, account, chunk: random.pick([700, 5_000, 100_000]), now };
  });
}

export function uuid(random: Random): string {
  const digits = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Compares log files that `observe` reads by the fast path with the ordinary one, and counts what was compared. */
export class ObservingComparison {
  readonly seen = { records: 0, repeated: 0 };

  constructor(private readonly scanner: LogFileScanner) {}

  /** Files that repeat the calls of these records. */
  async randomFiles(records: readonly unknown[], random: Random): Promise<void> {
    await this.files(filesOf(records, random));
  }

  /** Files that one container reads in turn. */
  async files(files: readonly LogFile[]): Promise<void> {
    const [fast, ordinary] = [new Observer(this.scanner), new Observer(null)];
    for (const file of files) {
      await fast.read(file);
      await ordinary.read(file);
    }
    const [one, other] = [fast.outcome(), ordinary.outcome()];
    if (one !== other)
      throw new Error(`fast path: ${one}\nordinary path: ${other}\n${JSON.stringify(files).slice(0, 20_000)}`);
    this.seen.records += files.reduce((sum, { records }) => sum + records, 0);
    this.seen.repeated += fast.repeated;
  }
}
