import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { parseCondition, partsOf, type Comparison, type Condition } from './falco-condition';

const text = z.string().min(1);
const VALUE = z.union([text, z.array(z.union([text, z.array(text).min(1)])).min(1)]);

const EXCEPTION = z.strictObject({
  name: text,
  fields: z.union([text, z.array(text).min(1)]),
  comps: z.union([text, z.array(text).min(1)]),
  values: z.array(VALUE).min(1),
});

const ITEM = z.union([
  z.strictObject({ required_engine_version: z.string().regex(/^\d+\.\d+\.\d+$/) }),
  z.strictObject({ list: text, items: z.array(text).min(1) }),
  z.strictObject({ macro: text, condition: text }),
  z.strictObject({
    rule: text,
    desc: text,
    condition: text,
    exceptions: z.array(EXCEPTION).min(1).optional(),
    output: text,
    priority: z.enum(['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFORMATIONAL', 'DEBUG']),
    source: z.literal('syscall'),
    tags: z.array(text).min(1),
  }),
]);

export type FalcoRule = Extract<z.infer<typeof ITEM>, { rule: string }>;
export type FalcoException = z.infer<typeof EXCEPTION>;
/** An event's fields. Of `evt.buffer` each character is a byte. */
export type FalcoEvent = Readonly<Record<string, string>>;

/** The rules file in `falco/`, with what its rules do with an event. */
export class FalcoRulesFile {
  readonly engine: string;
  readonly rules: readonly FalcoRule[];
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly macros: ReadonlyMap<string, Condition>;

  constructor() {
    const items = z.array(ITEM).parse(parse(readFileSync('falco/credlock_rules.yaml', 'utf8')));
    this.engine =
      items.flatMap((item) => ('required_engine_version' in item ? [item.required_engine_version] : []))[0] ?? '';
    this.rules = items.filter((item) => 'rule' in item);
    this.lists = new Map(items.flatMap((item) => ('list' in item ? [[item.list, item.items] as const] : [])));
    this.macros = new Map(
      items.flatMap((item) => ('macro' in item ? [[item.macro, parseCondition(item.condition)] as const] : [])),
    );
  }

  /** All comparisons of a rule's condition and of the macros it names. */
  comparisonsOf({ condition }: FalcoRule): Comparison[] {
    return this.#comparisons(parseCondition(condition));
  }

  /** Names of the rules that an event raises. */
  raisedBy(event: FalcoEvent): string[] {
    return this.rules
      .filter(({ condition, exceptions = [] }) => {
        if (!this.#holds(parseCondition(condition), event)) return false;
        return !exceptions.some((exception) => this.#isExcepted(exception, event));
      })
      .map(({ rule }) => rule);
  }

  #comparisons(condition: Condition): Comparison[] {
    return partsOf(condition).flatMap((part) =>
      part.kind === 'macro' ? this.#comparisons(this.#macro(part.name)) : [part],
    );
  }

  #macro(name: string): Condition {
    const found = this.macros.get(name);
    if (!found) throw new Error(`no macro ${name}`);
    return found;
  }

  #isExcepted({ fields, comps, values }: FalcoException, event: FalcoEvent): boolean {
    if (typeof fields === 'string') return this.#compare(event[fields], String(comps), values.map(String));
    return values.some((row) =>
      fields.every((field, at) => this.#compare(event[field], String(comps[at]), [row[at] ?? ''].flat())),
    );
  }

  #holds(condition: Condition, event: FalcoEvent): boolean {
    if ('parts' in condition) {
      const holds = (part: Condition): boolean => this.#holds(part, event);
      return condition.kind === 'or' ? condition.parts.some(holds) : condition.parts.every(holds);
    }
    if (condition.kind === 'not') return !this.#holds(condition.part, event);
    if (condition.kind === 'macro') return this.#holds(this.#macro(condition.name), event);
    const { transformer, field, operator, values } = condition;
    const given = event[field];
    return this.#compare(transformer === 'tolower' ? given?.toLowerCase() : given, operator, values);
  }

  #compare(given: string | undefined, operator: string, values: readonly string[]): boolean {
    if (given === undefined) return false;
    const all = values.flatMap((one) => this.lists.get(one) ?? [one]);
    const compare = COMPARE[operator];
    if (!compare) throw new Error(`no meaning of ${operator}`);
    return all.some((one) => compare(given, one));
  }
}

const COMPARE: Readonly<Record<string, (given: string, value: string) => boolean>> = {
  '=': (given, value) => given === value,
  '!=': (given, value) => given !== value,
  '>=': (given, value) => Number(given) >= Number(value),
  in: (given, value) => given === value,
  contains: (given, value) => given.includes(value),
  bcontains: (given, value) => given.includes(Buffer.from(value, 'hex').toString('latin1')),
  startswith: (given, value) => given.startsWith(value),
  endswith: (given, value) => given.endsWith(value),
  glob: (given, value) =>
    new RegExp(`^${value.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`, 's').test(given),
  regex: (given, value) => new RegExp(`^(?:${value})$`).test(given),
};
