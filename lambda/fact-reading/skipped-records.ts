import type { Skip } from '../detection/records/read-facts';
import { field, isJsonObject } from '../detection/model/json-field';
import { visible } from '../detection/model/printable';
import { counted } from '../detection/model/numbers';

/** A file with records that a person must know of, and why. */
export interface RecordProblem {
  readonly file: string;
  readonly reason: string;
}

/** Of one file and reason: how many records, and one of them. */
interface Group {
  count: number;
  file: string;
  example: unknown;
}

/** What was counted, as data that can be sent to another thread. */
export interface SkippedData {
  readonly counts: ReadonlyMap<string, number>;
  readonly ahead: ReadonlyMap<string, Group>;
  readonly unlocated: ReadonlyMap<string, Group>;
  readonly reduced: ReadonlyMap<string, number>;
}

/** Of sessions with calls from no single address, and of files with records that cannot be attributed, as JSON. */
export interface KeptRecords {
  readonly unlocated: readonly {
    readonly session: string;
    readonly count: number;
    readonly file: string;
    readonly address?: unknown;
  }[];
  readonly reduced: Readonly<Record<string, number>>;
}

/** Files whose records are described; the others are counted. */
const MOST_FILES = 10;
const LONGEST_EXAMPLE = 80;

/** Counts the records that stated no fact, by reason, and keeps an example of those that a person must know of. */
export class SkippedRecords {
  readonly counts = new Map<string, number>();
  readonly #ahead = new Map<string, Group>();
  readonly #unlocated = new Map<string, Group>();
  /** Records of role sessions without `sessionContext`, by file, and the files that have some with it. */
  readonly #reduced = new Map<string, number>();
  readonly #whole = new Set<string>();

  /** Looks at each record that is not of a plain log file. CloudTrail writes `sessionContext` in all of role sessions. */
  see(record: unknown, file: string): void {
    const identity = field(record, 'userIdentity');
    if (field(identity, 'type') !== 'AssumedRole') return;
    const isWhole = isJsonObject(field(identity, 'sessionContext'));
    this.seeMany({ whole: Number(isWhole), reduced: Number(!isWhole) }, file);
  }

  /** Notes numbers of such records. */
  seeMany({ whole, reduced }: { readonly whole: number; readonly reduced: number }, file: string): void {
    if (whole > 0) this.#whole.add(file);
    if (reduced > 0) this.#reduced.set(file, (this.#reduced.get(file) ?? 0) + reduced);
  }

  note(reason: Skip, record: unknown, file: string): void {
    this.count(reason, 1);
    const group = { count: 1, file, example: record };
    if (reason === 'in-the-future') addGroup(this.#ahead, file, group);
    if (reason === 'session-without-address') addGroup(this.#unlocated, sessionNameOf(record), group);
  }

  /** Records whose reason needs no example. */
  count(reason: Skip, times: number): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + times);
  }

  data(): SkippedData {
    const reduced = new Map([...this.#reduced].filter(([file]) => !this.#whole.has(file)));
    return { counts: this.counts, ahead: this.#ahead, unlocated: this.#unlocated, reduced };
  }

  add({ counts, ahead, unlocated, reduced }: SkippedData): void {
    for (const [file, count] of reduced) this.#reduced.set(file, count);
    for (const [reason, times] of counts) this.counts.set(reason, (this.counts.get(reason) ?? 0) + times);
    for (const [key, group] of ahead) addGroup(this.#ahead, key, group);
    for (const [key, group] of unlocated) addGroup(this.#unlocated, key, group);
  }

  /** What hunts keep of them: see `BatchCounts`. */
  kept(most: number): KeptRecords {
    const unlocated = [...this.#unlocated].slice(0, most);
    return {
      unlocated: unlocated.map(([session, { count, file, example }]) => ({
        session,
        count,
        file,
        address: field(example, 'sourceIPAddress'),
      })),
      reduced: Object.fromEntries(this.data().reduced),
    };
  }

  addKept({ unlocated, reduced }: KeptRecords): void {
    for (const { session, count, file, address } of unlocated)
      addGroup(this.#unlocated, session, { count, file, example: { sourceIPAddress: address } });
    for (const [file, count] of Object.entries(reduced)) this.#reduced.set(file, count);
  }

  /** Rejected records, by file. */
  problems(): RecordProblem[] {
    return [...this.#ahead.values()].map(({ count: number, file, example }) => ({
      file,
      reason: `${counted(number, 'record')} rejected, since the time is more than 24 hours in the future (eventTime ${shown(field(example, 'eventTime') ?? field(example, '@timestamp'))}, eventID ${shown(field(example, 'eventID'))})`,
    }));
  }

  /** Files, such as query results with few columns, whose records do not show whose credentials were used. */
  unattributable(): RecordProblem[] {
    return [...this.data().reduced].map(([file, count]) => ({
      file,
      reason: `${counted(count, 'record')} of role sessions cannot be attributed to workloads without userIdentity.sessionContext, as in CloudTrail Lake query results with few columns; query whole records (eventJson), or read the log files`,
    }));
  }

  /** Sentences on calls that could not be judged. */
  notices(): string[] {
    // Not in the order in which threads came upon them.
    const groups = [...this.#unlocated].sort(([one], [other]) => (one < other ? -1 : 1));
    const lines = groups
      .slice(0, MOST_FILES)
      .map(
        ([session, { count: number, file, example }]) =>
          `${counted(number, 'call')} of ${session} could not be judged: sourceIPAddress is no single address, for example ${shown(field(example, 'sourceIPAddress'))} in ${visible(file)}`,
      );
    const more = groups.length - MOST_FILES;
    return more > 0
      ? [...lines, `Calls of ${counted(more, 'more session')} could not be judged for the same reason`]
      : lines;
  }
}

/** The example is of the first file by name, so that it does not depend on which thread was faster. */
function addGroup(groups: Map<string, Group>, key: string, { count, file, example }: Group): void {
  const group = groups.get(key);
  if (!group) {
    groups.set(key, { count, file, example });
    return;
  }
  group.count += count;
  if (file >= group.file) return;
  group.file = file;
  group.example = example;
}

/** A role session's name, which is the id of an instance, task or pod. */
function sessionNameOf(record: unknown): string {
  const arn = field(field(record, 'userIdentity'), 'arn');
  return typeof arn === 'string' ? visible(arn.slice(arn.lastIndexOf('/') + 1)) : 'a session';
}

/** A value of a record, as JSON. */
function shown(value: unknown): string {
  return visible((JSON.stringify(value) ?? 'missing').slice(0, LONGEST_EXAMPLE));
}
