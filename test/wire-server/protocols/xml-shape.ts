import { isFlattened, members, trait, type Shape } from '../shape';

/** Writes the members of an answer as XML elements, named as the model says. */
export function membersXml(shape: Shape, value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const known = members(shape);
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => {
      const member = known.get(name);
      if (!member) throw new Error(`wire server: ${shape.getName()} has no member ${name}`);
      return memberXml(trait(member, 'xmlName') ?? name, member, item);
    })
    .join('');
}

function memberXml(name: string, shape: Shape, value: unknown): string {
  if (!shape.isListSchema()) return element(name, valueXml(shape, value));
  const inner = shape.getValueSchema();
  const items = Array.isArray(value) ? value : [];
  if (isFlattened(shape)) return items.map((item) => element(name, valueXml(inner, item))).join('');
  const itemName = trait(inner, 'xmlName') ?? 'member';
  return element(name, items.map((item) => element(itemName, valueXml(inner, item))).join(''));
}

function valueXml(shape: Shape, value: unknown): string {
  if (shape.isStructSchema()) return membersXml(shape, value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return escape(String(value));
  throw new Error(`wire server: ${shape.getName()} cannot be written as XML`);
}

export function element(name: string, content: string, namespace?: string): string {
  const xmlns = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<${name}${xmlns}>${content}</${name}>`;
}

/** Control characters that XML cannot hold literally are written as references, as S3 keys need. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;')
    .replaceAll('\n', '&#xA;');
}
