import { isFlattened, members, trait, type Shape, type ShapeFault } from '../shape';

type Report = (fault: ShapeFault) => void;

/** How a protocol spells member names and lists in a form. */
export interface FormDialect {
  memberName(name: string, member: Shape): string;
  /** The word between a list and its numbers, undefined where there is none. */
  listWord(list: Shape): string | undefined;
}

type Tree = Map<string, Tree | string>;

/** Reads `A.member.1.B=x` as the model's shape; tells `report` of every departure, unknown parameters included. */
export function fromForm(shape: Shape, parameters: URLSearchParams, dialect: FormDialect, report: Report): unknown {
  const root: Tree = new Map();
  for (const [name, value] of parameters) {
    if (name !== 'Action' && name !== 'Version') plant(root, name.split('.'), value);
  }
  return structure(shape, root, '', { dialect, report });
}

function plant(tree: Tree, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    tree.set(name, value);
    return;
  }
  const inner = tree.get(name);
  const branch: Tree = inner instanceof Map ? inner : new Map();
  tree.set(name, branch);
  plant(branch, rest, value);
}

interface Reader {
  readonly dialect: FormDialect;
  readonly report: Report;
}

function structure(shape: Shape, tree: Tree, path: string, reader: Reader): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  const known = new Map([...members(shape)].map(([name, member]) => [reader.dialect.memberName(name, member), name]));
  for (const [spelt, value] of tree) {
    const name = known.get(spelt);
    const at = `${path}.${spelt}`;
    if (name === undefined) reader.report({ kind: 'invalid', path: at, message: 'is no parameter of the SDK model' });
    else read[name] = node(shape.getMemberSchema(name), value, at, reader);
  }
  return read;
}

function node(shape: Shape, value: Tree | string, path: string, reader: Reader): unknown {
  if (typeof value === 'string') return scalar(shape, value, path, reader.report);
  if (shape.isStructSchema()) return structure(shape, value, path, reader);
  if (shape.isListSchema()) return list(shape, value, path, reader);
  if (shape.isMapSchema()) return map(shape, value, path, reader);
  reader.report({ kind: 'invalid', path, message: 'has no parts' });
  return undefined;
}

function list(shape: Shape, tree: Tree, path: string, reader: Reader): unknown[] {
  const inner = shape.getValueSchema();
  return numbered(tree, reader.dialect.listWord(shape), path, reader.report).map((item, index) =>
    node(inner, item, `${path}.${index + 1}`, reader),
  );
}

function map(shape: Shape, tree: Tree, path: string, reader: Reader): Record<string, unknown> {
  const keyName = trait(shape.getKeySchema(), 'xmlName') ?? 'key';
  const valueName = trait(shape.getValueSchema(), 'xmlName') ?? 'value';
  const read: Record<string, unknown> = {};
  for (const item of numbered(tree, isFlattened(shape) ? undefined : 'entry', path, reader.report)) {
    const key = item instanceof Map ? item.get(keyName) : undefined;
    const value = item instanceof Map ? item.get(valueName) : undefined;
    if (typeof key !== 'string' || value === undefined) {
      reader.report({ kind: 'invalid', path, message: `must be pairs of ${keyName} and ${valueName}` });
    } else read[key] = node(shape.getValueSchema(), value, `${path}.${key}`, reader);
  }
  return read;
}

/** The parts `1`, `2`, … in order, below `word` where there is one. */
function numbered(tree: Tree, word: string | undefined, path: string, report: Report): (Tree | string)[] {
  const inner = word === undefined ? tree : tree.get(word);
  const items: (Tree | string)[] = [];
  if (inner instanceof Map) {
    for (let at = 1; inner.has(String(at)); at += 1) items.push(inner.get(String(at)) ?? '');
  }
  const stray = word === undefined ? items.length !== tree.size : tree.size !== 1 || items.length !== sizeOf(inner);
  if (stray) report({ kind: 'invalid', path, message: 'must be numbered from 1' });
  return items;
}

function sizeOf(tree: Tree | string | undefined): number {
  return tree instanceof Map ? tree.size : 0;
}

function scalar(shape: Shape, text: string, path: string, report: Report): unknown {
  if (shape.isStringSchema()) return text;
  if (shape.isBlobSchema()) return Buffer.from(text, 'base64');
  if (shape.isBooleanSchema() && /^(true|false)$/.test(text)) return text === 'true';
  if (shape.isNumericSchema() && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (shape.isTimestampSchema() && !Number.isNaN(Date.parse(text))) return new Date(text);
  if (text === '' && shape.isListSchema()) return [];
  report({ kind: 'invalid', path, message: `has the wrong type, got '${text}'` });
  return undefined;
}
