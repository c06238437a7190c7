import type { DetectionCounts } from '../../lambda/detection/detect';
import { counted, grouped } from '../terminal/numbers';
import { SKIP_REASONS } from '../terminal/labels';
import { moment } from './clock';
import { copiedText } from './copied-text';
import { clusterLines, unreadOf, type ReadCounts } from './summary';
import { el, type Piece } from './tree';

/** Counts of input read, judged and left out. Times in epoch milliseconds. */
export interface Coverage {
  readonly read: ReadCounts;
  readonly counts: DetectionCounts;
  readonly suppressed: number;
  /** Findings outside `--since`, `--until` and `--min-severity`. */
  readonly hidden: number;
  /** What there is beyond what the report shows: all findings and incidents, and the file of them; null for nothing. */
  readonly beyond: { readonly findings: number; readonly incidents: number; readonly rest: string | null } | null;
  /** Of the facts; null without any. */
  readonly span: { readonly first: number; readonly last: number } | null;
  /** Accounts whose records were seen. */
  readonly accounts: readonly string[];
  /** `createDate` of the ip-ranges.json; null without one. */
  readonly ipRanges: string | null;
  readonly settings: { readonly organizationAccounts: number; readonly trustedNetworks: number };
}

const MOST_PROBLEMS = 100;
const MOST_DIGESTS = 10_000;

/** Counts of what was read and judged, and of everything that was not, with the reason. */
export function coverageSection(coverage: Coverage): Piece {
  const { read, counts, suppressed, hidden } = coverage;
  return el(
    'section',
    { id: 'coverage', 'aria-labelledby': 'coverage-heading' },
    el('h2', { id: 'coverage-heading' }, 'Coverage'),
    el(
      'div',
      { class: 'columns' },
      el('div', {}, el('h3', {}, 'Read and judged'), facts(readFacts(coverage)), problems(read)),
      el(
        'div',
        {},
        el('h3', {}, 'Not judged or not shown'),
        facts([
          ...leftOut(read),
          ['Unattributed: no record shows which workload the credentials belong to', counts.unproven],
          ['Issued to another workload', counts.disproved],
          ['Relayed: signed sts:GetCallerIdentity requests sent on by another server', counts.relayed],
          ['Suppressed findings', suppressed],
          ['Findings outside --since, --until and --min-severity', hidden],
        ]),
      ),
    ),
    digests(read),
    limits(coverage),
  );
}

type Fact = readonly [name: string, value: string | number];

function readFacts({ read, counts, span, accounts, ipRanges, settings }: Coverage): Fact[] {
  return [
    ['Files', read.files],
    ['CloudTrail records', read.records],
    ...auditFacts(read.audit),
    ['Period, UTC', span === null ? 'none' : `${moment(span.first)} to ${moment(span.last)}`],
    ['Accounts', accounts.length === 0 ? 'none' : [...accounts].sort().join(', ')],
    ['Workloads judged', counts.workloads],
    ['Sessions', counts.sessions],
    ['AWS’s address ranges', ipRanges === null ? 'not given: owners of addresses are unknown' : `of ${ipRanges}`],
    [
      'Organisation',
      settings.organizationAccounts === 0
        ? 'not configured: no account counts as foreign'
        : counted(settings.organizationAccounts, 'account'),
    ],
    ['Trusted networks', settings.trustedNetworks],
  ];
}

function auditFacts(audit: ReadCounts['audit']): Fact[] {
  if (clusterLines(audit) === 0) return [];
  return [
    ['Audit events of Kubernetes', audit.events],
    ['Alarms of Falco and Tetragon', audit.alarms],
    ['Clusters', audit.clusters],
  ];
}

function facts(rows: readonly Fact[]): Piece {
  const shown = rows.filter(([, value]) => value !== 0);
  if (shown.length === 0) return el('p', {}, 'Nothing was left out.');
  return el(
    'table',
    { class: 'counts' },
    el(
      'tbody',
      {},
      shown.map(([name, value]) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, name),
          el('td', {}, typeof value === 'number' ? grouped(value) : value),
        ),
      ),
    ),
  );
}

function leftOut({ skipped, audit }: ReadCounts): Fact[] {
  const sorted = [...skipped, ...audit.noAlarms].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...sorted.map(([reason, count]): Fact => [SKIP_REASONS[reason] ?? reason, count]),
    ['Audit events: stages of requests that add nothing to the others', audit.passedOver],
    ['Lines of other logs of clusters', audit.others],
  ];
}

function problems(read: ReadCounts): Piece {
  const inputs = unreadOf(read);
  if (inputs === 0) return null;
  const { problems: all, unread } = read;
  const more = inputs - Math.min(MOST_PROBLEMS, all.length);
  return [
    el('h3', { class: 'warning' }, `${counted(inputs, 'input')} not read completely`),
    (unread?.texts ?? []).map((text) => el('p', {}, `${text}.`)),
    el(
      'ul',
      {},
      all
        .slice(0, MOST_PROBLEMS)
        .map(({ file, reason }) => el('li', {}, el('code', {}, file === '-' ? 'standard input' : file), `: ${reason}`)),
      more > 0 ? el('li', {}, `and ${grouped(more)} more`) : null,
    ),
  ];
}

/** The inputs in the form of `sha256sum`, which checks them. */
function digests({ digests: all }: ReadCounts): Piece {
  if (all.length === 0) return null;
  const sorted = [...all].sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  const whole = sorted.flatMap(({ file, sha256 }) => (sha256 === null ? [] : [`${sha256}  ${file}`]));
  const broken = sorted.length - whole.length;
  const more = Math.max(0, whole.length - MOST_DIGESTS);
  return el(
    'details',
    { class: 'inputs' },
    el('summary', {}, `${counted(all.length, 'input')} with SHA-256`),
    el(
      'p',
      { class: 'note' },
      'Of the bytes that were read. To check the files: save the list, then ',
      el('code', {}, 'sha256sum --check LIST'),
      '.',
      broken > 0
        ? ` ${counted(broken, 'input')} could not be read to the end and ${broken === 1 ? 'has' : 'have'} none.`
        : '',
      more > 0 ? ` The first ${grouped(MOST_DIGESTS)} are listed.` : '',
    ),
    whole.length === 0 ? null : copiedText('List of digests', whole.slice(0, MOST_DIGESTS).join('\n')),
  );
}

const LIMITS = [
  'An attacker on the workload itself or behind the same NAT gateway: the address is the same.',
  'Requests signed elsewhere and sent through the workload, and pre-signed S3 URLs.',
  'Access to data without data events in the trail, and services that CloudTrail does not log.',
  'An attacker who calls before the workload does, from AWS in its Region, unless a known address rules it out.',
];

const CLUSTER_LIMITS = [
  'In clusters: requests to a kubelet itself, which no audit log has, and roles of other names with the same rights as cluster-admin.',
];

const RUNTIME_LIMITS = [
  'In containers: programs and libraries on volumes, names that are asked for over TCP, TLS or HTTPS, and what a node does not pass on or invents.',
];

function limits({ read, ipRanges, settings }: Coverage): Piece {
  const here = [
    ...(ipRanges === null ? ['Without ip-ranges.json, first uses are accepted unverified.'] : []),
    ...(settings.organizationAccounts === 0
      ? ['Without organizationAccounts, a foreign VPC endpoint can pass for one of yours.']
      : []),
  ];
  return [
    el('h3', {}, 'What credlock cannot detect'),
    el(
      'ul',
      {},
      [
        ...here,
        ...LIMITS,
        ...(read.audit.events > 0 ? CLUSTER_LIMITS : []),
        ...(read.audit.alarms > 0 ? RUNTIME_LIMITS : []),
      ].map((line) => el('li', {}, line)),
    ),
  ];
}
