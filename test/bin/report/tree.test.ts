import { el, htmlOf } from '../../../bin/report/tree';
import { visible } from '../../../lambda/detection/model/printable';

const noDrawing = (): string => '<svg></svg>';

test('text and attributes stay text', () => {
  const evil = `</p><script>alert("1")</script>&'`;
  const html = htmlOf(el('p', { title: evil, hidden: true, id: null }, evil), noDrawing);
  expect(html).toBe(
    '<p title="&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;" hidden>&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
  );
});

test('what cannot be seen is shown as such, and line ends stay', () => {
  expect(visible('a\u001b[2Jb\u202ec\ud800\nd\u0000')).toBe('a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}\nd\u{FFFD}');
  expect(visible('größer 日本 😀')).toBe('größer 日本 😀');
});

test('lists, nothing, drawings and elements without an end are written', () => {
  const picture = { kind: 'overview', from: 0, to: 1, incidents: [] } as const;
  const html = htmlOf([null, 'a', [el('input', { type: 'search' }), { drawing: picture }]], noDrawing);
  expect(html).toBe('a<input type="search"><svg></svg>');
});
