import { Parser } from 'htmlparser2';
import type { Member } from '../container';

const CHARACTERS_OF_BASE64 = 4;

/** What a text of base64, in lines or not, encodes. */
export async function* base64Members(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  yield { name: null, content: decoded(source) };
}

/** The text in XML and HTML, without tags, with entities and `CDATA` as what they stand for. */
export async function* markupMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  yield { name: null, content: textOf(source) };
}

/** Each word by itself: several encoded texts may follow each other. */
async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of source) {
    const words = (rest + Buffer.from(chunk).toString('latin1')).split(/\s+/);
    const last = words.pop() ?? '';
    const whole = last.length - (last.length % CHARACTERS_OF_BASE64);
    yield Buffer.concat([...words, last.slice(0, whole)].map((word) => Buffer.from(word, 'base64')));
    rest = last.slice(whole);
  }
  yield Buffer.from(rest, 'base64');
}

/** Elements that are words of a text, such as Splunk's highlights, do not part it; all others do. */
const WORDS = new Set(['sg', 'b', 'i', 'em', 'strong', 'span', 'mark', 'code', 'a', 'font']);

async function* textOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let texts: string[] = [];
  const parser = new Parser(
    {
      ontext: (text) => texts.push(text),
      onclosetag: (name) => {
        if (!WORDS.has(name)) texts.push('\n');
      },
    },
    { decodeEntities: true, recognizeCDATA: true },
  );
  const decoder = new TextDecoder();
  for await (const chunk of source) {
    parser.write(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(texts.join(''));
    texts = [];
  }
  parser.end(decoder.decode());
  yield Buffer.from(texts.join(''));
}
