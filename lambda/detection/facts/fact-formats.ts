import type { RowReader, RowWriter } from './fact-row';
import { FactRows, type RowFormat } from './fact-rows';
import type { FactPacking } from './fact-set';
import type { Caller, Change, InterfaceDetail, Issuance } from './facts';
import type { Source } from '../model/origin';
import { workloadKey, type Workload } from '../model/workload';

/** Values kept are found again as long as there are no more. */
const MOST = 50_000;

/** Values that many facts have. */
class Shared<T> {
  readonly #values: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keyOf: (value: T) => string;

  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
  }

  write(value: T | null, row: RowWriter): void {
    row.count(value === null ? 0 : this.#numberOf(value));
  }

  read(row: RowReader): T | null {
    return this.#values[row.count() - 1] ?? null;
  }

  /** Of a value that is never null. */
  need(row: RowReader): T {
    const value = this.read(row);
    if (value === null) throw new Error('a row has no such value');
    return value;
  }

  #numberOf(value: T): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#numbers.size >= MOST) this.#numbers.clear();
    const number = this.#values.push(value);
    this.#numbers.set(key, number);
    return number;
  }
}

function textual<T extends string>(): Shared<T> {
  return new Shared<T>(String);
}

/** Writes a fact's id without what stands around it in the id of such a fact. */
function writeId(id: string, { before, after }: Around, row: RowWriter): void {
  const isSuch = id.length >= before.length + after.length && id.startsWith(before) && id.endsWith(after);
  row.flag(isSuch);
  row.text(isSuch ? id.slice(before.length, id.length - after.length) : id);
}

function readId({ before, after }: Around, row: RowReader): string {
  const isSuch = row.flag();
  const id = row.text() ?? '';
  // V8 would keep the parts of a template beside their sum.
  return isSuch ? [before, id, after].join('') : id;
}

interface Around {
  readonly before: string;
  readonly after: string;
}

/** See `factId`. */
function aroundId(account: string, of: string): Around {
  return { before: `${account}/`, after: `/${of}` };
}

class IssuanceFormat implements RowFormat<Issuance> {
  readonly #texts = textual();
  readonly #workloads = new Shared<Workload>(workloadKey);
  readonly #sources = new Shared<Source>(JSON.stringify);
  readonly #attributes = new Shared<Issuance['attributes']>(JSON.stringify);

  write(fact: Issuance, row: RowWriter): void {
    row.number(fact.time);
    this.#workloads.write(fact.workload, row);
    writeId(fact.id, aroundId(fact.workload.account, workloadKey(fact.workload)), row);
    row.text(fact.eventId);
    this.#texts.write(fact.sessionArn, row);
    row.text(fact.accessKeyId);
    row.number(fact.expires);
    this.#texts.write(fact.issuer, row);
    this.#sources.write(fact.asked && fact.asked.source, row);
    this.#texts.write(fact.asked && fact.asked.what, row);
    this.#texts.write(fact.region, row);
    this.#attributes.write(fact.attributes, row);
  }

  read(row: RowReader): Issuance {
    const time = row.time();
    const workload = this.#workloads.need(row);
    const id = readId(aroundId(workload.account, workloadKey(workload)), row);
    const eventId = row.text() ?? '';
    const sessionArn = this.#texts.need(row);
    const accessKeyId = row.text();
    const expires = row.number();
    const issuer = this.#texts.need(row);
    const source = this.#sources.read(row);
    const what = this.#texts.read(row);
    const asked = source && { source, what: what ?? '' };
    const region = this.#texts.read(row);
    const attributes = this.#attributes.need(row);
    const from = { asked, region, attributes };
    return { fact: 'issuance', id, eventId, time, workload, sessionArn, accessKeyId, expires, issuer, ...from };
  }
}

class ChangeFormat implements RowFormat<Change> {
  readonly #texts = textual();
  readonly #actions = textual<Change['action']>();
  readonly #callers = new CallerFormat();

  write(fact: Change, row: RowWriter): void {
    row.number(fact.time);
    this.#texts.write(fact.account, row);
    row.text(fact.instanceId);
    writeId(fact.id, aroundId(fact.account, fact.instanceId ?? '-'), row);
    row.text(fact.eventId);
    this.#texts.write(fact.partition, row);
    this.#texts.write(fact.region, row);
    this.#actions.write(fact.action, row);
    row.flag(fact.by !== null);
    if (fact.by) this.#callers.write(fact.by, row);
    row.list(fact.interfaces, (one) => this.#writeInterface(one, row));
    row.texts(fact.allocationIds);
    row.texts(fact.associationIds);
    row.text(fact.attachmentId);
    row.texts(fact.publicIps);
    row.text(fact.natGatewayId);
    row.texts(fact.endpointIds);
    this.#texts.write(fact.vpcId, row);
    this.#texts.write(fact.subnetId, row);
    row.text(fact.transferTo);
    row.flag(fact.sourceDestCheck);
    row.flag(fact.eksNode);
    row.texts(fact.cidrs);
  }

  read(row: RowReader): Change {
    const time = row.time();
    const account = this.#texts.need(row);
    const instanceId = row.text();
    return {
      fact: 'change',
      id: readId(aroundId(account, instanceId ?? '-'), row),
      eventId: row.text() ?? '',
      time,
      partition: this.#texts.need(row),
      account,
      region: this.#texts.need(row),
      action: this.#actions.need(row),
      by: row.flag() ? this.#callers.read(row) : null,
      instanceId,
      interfaces: row.list(this.#readInterface),
      allocationIds: row.texts(),
      associationIds: row.texts(),
      attachmentId: row.text(),
      publicIps: row.texts(),
      natGatewayId: row.text(),
      endpointIds: row.texts(),
      vpcId: this.#texts.read(row),
      subnetId: this.#texts.read(row),
      transferTo: row.text(),
      sourceDestCheck: row.flag(),
      eksNode: row.flag() ?? false,
      cidrs: row.texts(),
    };
  }

  #writeInterface(one: InterfaceDetail, row: RowWriter): void {
    row.text(one.eniId);
    row.text(one.attachmentId);
    this.#texts.write(one.vpcId, row);
    this.#texts.write(one.subnetId, row);
    row.texts(one.privateIps);
    row.texts(one.ipv6);
    row.texts(one.prefixes);
  }

  readonly #readInterface = (row: RowReader): InterfaceDetail => ({
    eniId: row.text() ?? '',
    attachmentId: row.text(),
    vpcId: this.#texts.read(row),
    subnetId: this.#texts.read(row),
    privateIps: row.texts(),
    ipv6: row.texts(),
    prefixes: row.texts(),
  });
}

class CallerFormat {
  readonly #texts = textual();
  readonly #shown = textual<Caller['shown']>();
  readonly #workloads = new Shared<Workload>(workloadKey);
  readonly #sources = new Shared<Source>(JSON.stringify);

  write(caller: Caller, row: RowWriter): void {
    this.#texts.write(caller.sessionArn, row);
    row.text(caller.accessKeyId);
    this.#workloads.write(caller.workload, row);
    this.#shown.write(caller.shown, row);
    this.#texts.write(caller.delivery, row);
    row.flag(caller.legacy);
    this.#sources.write(caller.source, row);
    this.#texts.write(caller.region, row);
  }

  read(row: RowReader): Caller {
    return {
      sessionArn: this.#texts.need(row),
      accessKeyId: row.text(),
      workload: this.#workloads.read(row),
      shown: this.#shown.need(row),
      delivery: this.#texts.read(row),
      legacy: row.flag() ?? false,
      source: this.#sources.need(row),
      region: this.#texts.read(row),
    };
  }
}

/** Has a set keep many facts in few bytes, and judging read them more than once. */
export const PACKED: FactPacking = {
  issuances: () => new FactRows(new IssuanceFormat()),
  changes: () => new FactRows(new ChangeFormat()),
};
