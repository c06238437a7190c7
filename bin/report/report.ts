import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { drawingMarkup } from 'report:drawings';
import pageScript from 'report:page-script';
import restScript from 'report:rest-script';
import styles from 'report:styles';
import { version } from '../../package.json';
import type { Finding } from '../../lambda/detection/model/finding';
import { coverageSection, type Coverage } from './coverage';
import { filterBar, listHead } from './filters';
import { incidentRow } from './incident-row';
import type { Incident } from './incidents';
import { incidentsOf } from './incidents-of';
import { withJoinedIncidents } from './joined-incidents';
import { overviewSection } from './overview';
import type { Picture } from './picture';
import { pivotsOf } from './pivots';
import { el, htmlOf, type Piece } from './tree';

export interface ReportInput {
  readonly findings: readonly Finding[];
  /** Lines of CSV for findings, the header first. */
  readonly csvRows: (findings: readonly Finding[]) => Iterable<string>;
  /** By incident id. */
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly coverage: Coverage;
  /** Sections between the incidents and the coverage. */
  readonly sections: readonly ReportSection[];
}

/** An additional part of the report. */
export interface ReportSection {
  /** For links: lower case, without spaces. */
  readonly id: string;
  readonly heading: string;
  readonly content: Piece;
}

/** Incidents written out in full; details of the others are packed. */
const WRITTEN_OUT = 100;
/** Incidents per pack, which is unpacked when one of them is opened. */
const PACK = 250;

/**
 * The report as one HTML file, which loads nothing and shows the essentials without JavaScript. Deterministic.
 */
export function* reportHtml({ pictures, coverage, sections, csvRows, ...given }: ReportInput): Generator<string> {
  const findings = withJoinedIncidents(given.findings);
  const incidents = incidentsOf(findings, pictures);
  const { tables, tokens } = pivotsOf(findings);
  const packed = incidents.slice(WRITTEN_OUT);
  const scripts = packed.length > 0 ? [pageScript, restScript] : [pageScript];
  yield `<!doctype html>\n<html lang="en">\n${written(head(scripts))}<style>${styles}</style>\n<body>\n`;
  yield written(topBar(sections));
  yield '<main>\n';
  yield written(overviewSection({ incidents, findings, pivots: tables, coverage }));
  yield `<section id="incidents" aria-labelledby="incidents-heading">${written([
    el('h2', { id: 'incidents-heading' }, 'Incidents'),
    incidents.length === 0 ? el('p', {}, 'None.') : [filterBar(incidents, tables), listHead()],
  ])}<ol${packed.length > 0 ? ' class="long"' : ''}>\n`;
  for (const [at, incident] of incidents.entries())
    yield `${written(incidentRow(incident, tokens.get(incident.id) ?? [], at < WRITTEN_OUT))}\n`;
  yield `</ol>${written(el('p', { id: 'none', hidden: true }, 'No incident matches.'))}</section>\n`;
  for (const section of sections) yield written(sectionOf(section));
  yield `${written([coverageSection(coverage), footer()])}</main>\n`;
  for (let at = 0; at < packed.length; at += PACK) yield packOf('pack', packed.slice(at, at + PACK));
  if (incidents.length > 0) yield packOf('csv', csvOf(incidents, findings, csvRows));
  for (const script of scripts) yield `<script>${script}</script>\n`;
  yield '</body>\n</html>\n';
}

function written(piece: Piece): string {
  return htmlOf(piece, drawingMarkup);
}

function head(scripts: readonly string[]): Piece {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(sourceOf).join(' ')}`,
    `style-src ${sourceOf(styles)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return [
    el('meta', { charset: 'utf-8' }),
    el('meta', { 'http-equiv': 'Content-Security-Policy', content: policy.join('; ') }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'referrer', content: 'no-referrer' }),
    el('meta', { name: 'color-scheme', content: 'light dark' }),
    el('title', {}, 'credlock report'),
  ];
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function topBar(sections: readonly ReportSection[]): Piece {
  const links = [
    ['summary', 'Summary'],
    ['incidents', 'Incidents'],
    ...sections.map(({ id, heading }) => [id, heading] as const),
    ['coverage', 'Coverage'],
  ] as const;
  return el(
    'header',
    {},
    el('a', { class: 'skip', href: '#incidents' }, 'Skip to the incidents'),
    el('span', { class: 'brand' }, el('b', {}, 'credlock'), ' report'),
    el(
      'nav',
      { 'aria-label': 'Sections' },
      links.map(([id, name]) => el('a', { href: `#${id}` }, name)),
    ),
    el('button', { type: 'button', id: 'print', hidden: true }, 'Print summary and HIGH'),
    el('button', { type: 'button', id: 'theme', hidden: true }, 'Dark'),
  );
}

function sectionOf({ id, heading, content }: ReportSection): Piece {
  return el('section', { id, 'aria-labelledby': `${id}-heading` }, el('h2', { id: `${id}-heading` }, heading), content);
}

function footer(): Piece {
  return el('footer', {}, el('p', {}, `Generated by credlock ${version}. Times are UTC.`));
}

/** Gzipped JSON in base64, which cannot end a script element. */
function packOf(kind: 'pack' | 'csv', content: readonly unknown[]): string {
  const text = gzipSync(JSON.stringify(content), { level: 9 }).toString('base64');
  return `<script type="application/x-credlock-${kind}">${text}</script>\n`;
}

/** The header, then the rows of each incident. */
function csvOf(
  incidents: readonly Incident[],
  findings: readonly Finding[],
  csvRows: ReportInput['csvRows'],
): readonly string[] {
  const [header = '', ...lines] = csvRows(findings);
  const rows = new Map<string, string>();
  for (const [at, { incidentId }] of findings.entries())
    rows.set(incidentId, `${rows.get(incidentId) ?? ''}${lines[at] ?? ''}`);
  return [header, ...incidents.map(({ id }) => rows.get(id) ?? '')];
}
