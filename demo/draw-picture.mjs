// Draws demo/picture.svg from what the command line says of the demo: `node demo/draw-picture.mjs [CLI [FILE]]`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';

const DEMO = import.meta.dirname;
const [cli = join(DEMO, '../dist/bin/credlock.js'), file = join(DEMO, 'picture.svg')] = process.argv.slice(2);
/** The instance whose credentials are stolen in chapter 3. */
const SUBJECT = 'i-0503ef25295e8af60';

const WIDTH = 1120;
const PAD = 28;
/** The drawing has a margin of its own. */
const INSET = 14;
const LINE = 21;
const COLUMN = WIDTH / 2 + 6;
/** Letters that fit a column. */
const LETTERS = 72;

/** The colours of the report; GitHub shows the picture on light and dark pages. */
const STYLES = `
:root{--card:#fff;--ink:#1b1e22;--dim:#595f67;--line:#e5e2da;--line-strong:#c9c5ba;--high:#b3261e;--trust:#23694b;--trust-wash:#dcece3;--suspicious-wash:#fbe9e6;--change:#6b4aa0;--mono:ui-monospace,'SF Mono','DejaVu Sans Mono',Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--card:#1a1d21;--ink:#e8e6e1;--dim:#a4a9b1;--line:#2b2f35;--line-strong:#474d55;--high:#ff8f80;--trust:#7dc9a2;--trust-wash:#1f372c;--suspicious-wash:#331d1c;--change:#b79be6}}
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:13px;fill:var(--ink);white-space:pre}
.card{fill:var(--card);stroke:var(--line)}
.title{font-size:17px;font-weight:640}
.title .high{fill:var(--high);font-size:13px}
.word{font-weight:600}
.head{font-weight:650;fill:var(--dim)}
.drawing{color:var(--ink)}
.drawing text{font-size:inherit;fill:inherit;font-family:inherit}
`.trim();

const folder = mkdtempSync(join(tmpdir(), 'credlock-picture-'));
try {
  const report = join(folder, 'report.html');
  replay(['--format', 'html', '--out', report]);
  const lines = replay(['--format', 'jsonl']).trim().split('\n');
  const finding = lines.map((line) => JSON.parse(line)).find(({ workload }) => workload?.id === SUBJECT);
  const { document } = parseHTML(readFileSync(report, 'utf8'));
  const drawing = document.getElementById(finding.id).closest('li').querySelector('svg.drawing');
  writeFileSync(file, picture(finding, drawing));
} finally {
  rmSync(folder, { recursive: true });
}

function replay(more) {
  const given = ['--config', join(DEMO, 'credlock.json'), '--ip-ranges', join(DEMO, 'ip-ranges.json')];
  const args = [cli, 'replay', join(DEMO, 'trail'), ...given, ...more];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The finding's title, the timeline of the report, what was done and what was ruled out. */
function picture(finding, drawing) {
  const top = 66;
  const drawn = Number(drawing.getAttribute('height'));
  drawing.setAttribute('y', String(top));
  drawing.setAttribute('x', String(INSET));
  drawing.setAttribute('width', String(WIDTH - 2 * INSET));
  const begin = top + drawn + 40;
  const left = column('What was done there', deeds(finding), PAD, begin);
  const right = column('Ruled out', ruledOut(finding), COLUMN, begin);
  const height = begin + Math.max(left.height, right.height) + 26;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(finding.title)}">
<style>${STYLES}</style>
<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
<text x="${PAD}" y="40" class="title"><tspan class="high">${finding.severity}</tspan><tspan dx="12">${escaped(finding.title)}</tspan></text>
${drawing.outerHTML}
${left.text}
${right.text}
</svg>
`;
}

function column(heading, rows, x, y) {
  const wrapped = rows.flatMap((row) => wrap(row));
  const lines = wrapped.map((line, at) => `<text x="${x}" y="${y + (at + 1) * LINE}">${marked(line)}</text>`);
  return {
    text: `<text x="${x}" y="${y}" class="head">${heading}</text>\n${lines.join('\n')}`,
    height: wrapped.length * LINE,
  };
}

/** The first word of a row tells what it is about; the lines that follow stand to the right. */
function marked(line) {
  const [, word, rest] = /^(\S+)(.*)$/.exec(line) ?? [];
  return word === undefined ? escaped(line) : `<tspan class="word">${escaped(word)}</tspan>${escaped(rest)}`;
}

function wrap(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== '' && last.length + word.length >= LETTERS) lines.push(`    ${word}`);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** By service: what worked, and what did not. */
function deeds({ events, sessions }) {
  const keys = new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds));
  const counts = new Map();
  for (const { source, name, errorCode, accessKeyId } of events) {
    if (!keys.has(accessKeyId)) continue;
    const service = source.split('.')[0];
    const deed = `${name}${errorCode === null ? '' : ' (refused)'}`;
    const ofService = counts.get(service) ?? new Map();
    counts.set(service, ofService.set(deed, (ofService.get(deed) ?? 0) + 1));
  }
  return [...counts].map(([service, done]) => {
    const words = [...done].map(([deed, count]) => (count === 1 ? deed : `${deed} ×${count}`));
    return `${service}  ${words.join(', ')}`;
  });
}

function ruledOut({ ruledOut: all }) {
  return all.map(({ explanation, because }) => `${explanation}: ${because}`);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
