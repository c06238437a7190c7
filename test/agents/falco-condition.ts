/** A condition of Falco, as far as credlock's rules use the language. */
export type Condition =
  | { readonly kind: 'or' | 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'macro'; readonly name: string }
  | Comparison;

export interface Comparison {
  readonly kind: 'comparison';
  readonly transformer: string | null;
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const TOKEN = /\s*(?:(\(|\)|,)|'((?:[^'\\]|\\.)*)'|(!=|<=|>=|=|<|>)|([^\s(),'=<>!]+))/y;
const SYMBOLS = new Set(['(', ')', ',']);
const WORD_OPERATORS = new Set([
  'in',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'glob',
  'regex',
  'exists',
]);

interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Parses a condition. Throws where it is not of the language. */
export function parseCondition(source: string): Condition {
  const parser = new Parser(tokensOf(source.trim()));
  const condition = parser.or();
  parser.end();
  return condition;
}

/** All comparisons and names of macros in a condition. */
export function partsOf(condition: Condition): (Comparison | { readonly kind: 'macro'; readonly name: string })[] {
  if ('parts' in condition) return condition.parts.flatMap(partsOf);
  if (condition.kind === 'not') return partsOf(condition.part);
  return [condition];
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (!found) throw new Error(`unreadable at: ${source.slice(at, at + 40)}`);
    const [, symbol, quoted, operator, word] = found;
    tokens.push({ text: symbol ?? operator ?? word ?? unescaped(quoted ?? ''), isQuoted: quoted !== undefined });
  }
  return tokens;
}

/** Of the escapes, only those for a line feed and a backslash are used. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, char: string) => {
    if (char === 'n') return '\n';
    if (char === '\\') return char;
    throw new Error(`unknown escape \\${char}`);
  });
}

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  or(): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  end(): void {
    if (this.#at < this.tokens.length) throw new Error(`unexpected ${this.#peek()}`);
  }

  #chain(kind: 'or' | 'and', next: () => Condition): Condition {
    const first = next();
    const parts = [first];
    while (this.#take(kind)) parts.push(next());
    return parts.length === 1 ? first : { kind, parts };
  }

  #not(): Condition {
    if (this.#take('not')) return { kind: 'not', part: this.#not() };
    if (!this.#take('(')) return this.#comparison();
    const inner = this.or();
    this.#expect(')');
    return inner;
  }

  #comparison(): Condition {
    const name = this.#word();
    if (this.#take('(')) {
      const field = this.#word();
      this.#expect(')');
      return this.#compared(name, field);
    }
    const next = this.#peek();
    if (next === null || ['and', 'or', ')'].includes(next)) return { kind: 'macro', name };
    return this.#compared(null, name);
  }

  #compared(transformer: string | null, field: string): Comparison {
    const operator = this.#word();
    if (!WORD_OPERATORS.has(operator) && !/^[!<>=]+$/.test(operator)) throw new Error(`unknown operator ${operator}`);
    return { kind: 'comparison', transformer, field, operator, values: this.#values(operator) };
  }

  #values(operator: string): string[] {
    if (operator === 'exists') return [];
    if (operator !== 'in') return [this.#word()];
    this.#expect('(');
    const values = [this.#word()];
    while (this.#take(',')) values.push(this.#word());
    this.#expect(')');
    return values;
  }

  #peek(): string | null {
    const token = this.tokens[this.#at];
    return token && !token.isQuoted ? token.text : null;
  }

  #take(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new Error(`expected ${text} before ${this.#peek() ?? 'the end'}`);
  }

  #word(): string {
    const token = this.tokens[this.#at];
    if (!token || (!token.isQuoted && SYMBOLS.has(token.text))) throw new Error('expected a word');
    this.#at += 1;
    return token.text;
  }
}
