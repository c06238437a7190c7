import { isAscii } from 'node:buffer';
import { anyMemberList } from './json-outline';
import { Needle } from './needle';
import { RelevanceFinder } from './relevant-record';
import { parsedJson } from '../detection/model/json-field';

/** Instead of a position: what begins there does not end in this piece. */
export const UNFINISHED = -1;

/** A part of the stream, as bytes and as a text in which every byte is one character. */
export class Piece {
  readonly text: string;
  relevance: RelevanceFinder;
  readonly #ascii: boolean;
  readonly #recordsMember: Needle;
  readonly #eventsMember: Needle;
  readonly #auditId: Needle;
  readonly #ofAgents: readonly Needle[];

  constructor(
    readonly bytes: Buffer,
    /** Nothing follows it. */
    readonly last: boolean,
  ) {
    this.text = bytes.toString('latin1');
    this.#ascii = isAscii(bytes);
    this.relevance = new RelevanceFinder(this.text);
    this.#recordsMember = new Needle(this.text, 'Records"', 'Record');
    this.#eventsMember = new Needle(this.text, 'Events"', 'Events');
    this.#auditId = new Needle(this.text, 'auditID', 'ID');
    this.#ofAgents = [
      new Needle(this.text, 'output_fields', '_field'),
      new Needle(this.text, 'exec_id', 'xec_id'),
      new Needle(this.text, '"/credlock/', 'k/'),
    ];
  }

  /** True if the id of an audit event is in that part of the text. */
  hasAuditId(from: number, to: number): boolean {
    return this.#auditId.firstFrom(from) < to;
  }

  /** True if a word of an agent's line, or the name of its log group, is in that part of the text. */
  hasAgentWord(from: number, to: number): boolean {
    return this.#ofAgents.some((one) => one.firstFrom(from) < to);
  }

  /** The index after the `[` of a list of records that is a member of the object; -1 when it has none. */
  listIn(from: number, to: number): number {
    if (this.#recordsMember.firstFrom(from) >= to && this.#eventsMember.firstFrom(from) >= to) return -1;
    return anyMemberList(this.text, from);
  }

  parse(from: number, to: number): unknown {
    return parsedJson(this.#ascii ? this.text.slice(from, to) : this.bytes.toString('utf8', from, to));
  }
}
