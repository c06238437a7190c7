import type { Random } from '../../trail-writer/random';

const BLANKS = ['', '', '', ' ', '\n', '\t', '\r\n', '  '];

/**
 * JSON of the value, or of one much like it: fields shuffled, left out or written twice, blanks between tokens, escapes for
 * any character, numbers as texts and texts as numbers. `odds`: how often each is done, 0 to 1.
 */
export function rewritten(value: unknown, random: Random, odds: number): string {
  const blank = (): string => (random.chance(odds) ? random.pick(BLANKS) : '');
  const write = (part: unknown, depth: number): string => {
    if (Array.isArray(part)) return `[${part.map((item) => blank() + write(item, depth + 1) + blank()).join(',')}]`;
    if (typeof part === 'object' && part !== null) return written(part, depth);
    if (typeof part === 'number' && random.chance(odds)) return JSON.stringify(String(part));
    if (typeof part !== 'string') return JSON.stringify(part) ?? 'null';
    if (/^[1-9]\d{0,14}$/.test(part) && random.chance(odds)) return part;
    return escaped(part, random, odds);
  };
  const written = (object: object, depth: number): string => {
    const fields = Object.entries(object).flatMap((field) => {
      if (random.chance(odds / 20)) return [];
      return random.chance(odds / 20) ? [field, field] : [field];
    });
    if (random.chance(odds)) fields.sort(() => random.next() - 0.5);
    const texts = fields.map(
      ([key, item]) =>
        `${blank()}${escaped(key, random, odds / 10)}${blank()}:${blank()}${write(item, depth + 1)}${blank()}`,
    );
    return `{${texts.join(',')}}`;
  };
  return write(value, 0);
}

function escaped(text: string, random: Random, odds: number): string {
  const plain = JSON.stringify(text);
  if (!random.chance(odds / 5)) return plain;
  const at = random.below(text.length);
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return plain;
  const escape = text[at] === '/' && random.chance(0.5) ? '\\/' : `\\u${code.toString(16).padStart(4, '0')}`;
  return JSON.stringify(text.slice(0, at)).slice(0, -1) + escape + JSON.stringify(text.slice(at + 1)).slice(1);
}
