import {
  isPrintable,
  printable,
  printableJson,
  printableTexts,
  visible,
} from '../../../../lambda/detection/model/printable';
import { command, shellWord } from '../../../../lambda/detection/model/shell-command';

/** An escape sequence, a bidirectional override, a zero-width space, a line separator and a lone surrogate. */
const HIDDEN = ['\u001b[31m', '\u202e', '\u200b', '\u2028', '\ud800', '\u0000'];

describe('text chosen by others', () => {
  it('is printable where it has letters, marks and blanks only', () => {
    expect(isPrintable('Grüße, 世界 😀 a-b_c')).toBe(true);
    for (const hidden of HIDDEN) expect(isPrintable(`a${hidden}b`)).toBe(false);
    expect(isPrintable('a\nb')).toBe(false);
  });

  it('shows unprintable characters, but not line ends, by a replacement each', () => {
    expect(visible('a\u202e\u200bb\nc\u0007')).toBe('a\ufffd\ufffdb\nc\ufffd');
    expect(visible('plain')).toBe('plain');
  });

  it('becomes one line with a blank for each run', () => {
    expect(printable('\u0007 a\r\n\tb\u202ec\u0000')).toBe('a b c');
  });

  it('loses nothing as JSON', () => {
    const value = { name: 'a\u202eb\u007f', 'k\u200by': ['\u{e0001}'] };
    const json = printableJson(value);
    expect(json).toBe(String.raw`{"name":"a\u202eb\u007f","k\u200by":["\udb40\udc01"]}`);
    expect(JSON.parse(json)).toEqual(value);
  });

  it('is on one line everywhere in a value', () => {
    expect(printableTexts({ a: ['x\ny', 1, null], b: { c: 'd\u0000' }, e: true })).toEqual({
      a: ['x y', 1, null],
      b: { c: 'd' },
      e: true,
    });
  });
});

describe('a word of a shell', () => {
  it.each([
    ['i-0abc', 'i-0abc'],
    ['arn:aws:iam::111122223333:role/web', 'arn:aws:iam::111122223333:role/web'],
    ['two words', "'two words'"],
    ["it's", String.raw`'it'\''s'`],
    ['$(reboot)', "'$(reboot)'"],
    ['-rf', "'-rf'"],
    ['a-', 'a-'],
  ])('%s', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });

  it('is none of nothing, or of what cannot be seen', () => {
    expect(shellWord('')).toBeNull();
    for (const hidden of HIDDEN) expect(shellWord(`a${hidden}`)).toBeNull();
  });

  it('is quoted in a command, which is none where a value is missing or unsafe', () => {
    expect(command`aws ec2 stop --ids ${'i-1'} --name ${'a b'} now`).toBe("aws ec2 stop --ids i-1 --name 'a b' now");
    expect(command`whoami`).toBe('whoami');
    expect(command`${'a'}`).toBe('a');
    expect(command`stop ${'i-1'} ${null}`).toBeNull();
    expect(command`stop ${'\u202e'}`).toBeNull();
  });
});
