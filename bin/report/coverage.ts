import type { DetectionCounts } from '../../lambda/detection/detect';
import { counted, grouped } from '../terminal/numbers';
import type { ReadCounts } from './summary';
import { moment } from './clock';
import { el, type Piece } from './tree';

/** What was read, judged and left out. Times in epoch milliseconds. */
export interface Coverage {
  readonly read: ReadCounts;
  readonly counts: DetectionCounts;
  readonly suppressed: number;
  /** Findings outside of what was asked for (`--since`, `--until`, `--min-severity`). */
  readonly hidden: number;
  /** Of the facts there are; null where there are none. */
  readonly span: { readonly first: number; readonly last: number } | null;
  /** Accounts whose records were seen. */
  readonly accounts: readonly string[];
  /** `createDate` of the ip-ranges.json; null where there was none. */
  readonly ipRanges: string | null;
  readonly settings: { readonly organizationAccounts: number; readonly trustedNetworks: number };
}

const MOST_PROBLEMS = 100;

const REASONS: Readonly<Record<string, string>> = {
  empty: 'Empty files',
  'not-cloudtrail': 'Files that are no CloudTrail log',
  digest: 'Digest files',
  insight: 'Insight events',
  aggregated: 'Aggregated events',
  'network-activity': 'Network activity events of VPC endpoints',
  'not-relevant': 'Records of users, root and services: no workload credentials',
  'malformed-record': 'Records out of shape',
  'not-a-role-session': 'Records of identities that are no role session',
  'service-event': 'Events a service tells of, which are nobody’s call',
  'session-without-address': 'Records without a source address',
  'session-without-key': 'Sessions without an access key that name no workload',
  'session-of-a-service': 'Sessions of services',
  'presigned-url': 'Pre-signed URLs: whoever holds the link calls',
};

/** What was read, and what could not be judged and why: nothing is lost silently. */
export function coverageSection(coverage: Coverage): Piece {
  const { read, counts, suppressed, hidden } = coverage;
  return el(
    'section',
    { id: 'coverage', 'aria-labelledby': 'coverage-heading' },
    el('h2', { id: 'coverage-heading' }, 'Coverage'),
    el(
      'div',
      { class: 'columns' },
      el('div', {}, el('h3', {}, 'What was read and judged'), facts(readFacts(coverage)), problems(read)),
      el(
        'div',
        {},
        el('h3', {}, 'What was not judged, and why'),
        facts([
          ...leftOut(read),
          ['Sightings that only look like a workload’s; nothing proves that they are', counts.unproven],
          ['Sightings with keys that were issued to somebody else', counts.disproved],
          ['Requests somebody relayed, which are not the workload’s own', counts.relayed],
          ['Workloads last seen more than retentionDays before the newest record', counts.tooOld],
          ['Findings that suppressions hide', suppressed],
          ['Findings outside of what was asked for (since, until, least severity)', hidden],
        ]),
      ),
    ),
    limits(coverage),
  );
}

type Fact = readonly [name: string, value: string | number];

function readFacts({ read, counts, span, accounts, ipRanges, settings }: Coverage): Fact[] {
  return [
    ['Files', read.files],
    ['CloudTrail records', read.records],
    ['Period, UTC', span === null ? 'nothing' : `${moment(span.first)} to ${moment(span.last)}`],
    ['Accounts', accounts.length === 0 ? 'none' : [...accounts].sort().join(', ')],
    ['Workloads judged', counts.workloads],
    ['Sessions', counts.sessions],
    ['AWS’s address ranges', ipRanges === null ? 'none given: whose an address is stays unknown' : `of ${ipRanges}`],
    [
      'Organisation',
      settings.organizationAccounts === 0
        ? 'not told: no account counts as foreign'
        : counted(settings.organizationAccounts, 'account'),
    ],
    ['Networks declared', settings.trustedNetworks],
  ];
}

function facts(rows: readonly Fact[]): Piece {
  const told = rows.filter(([, value]) => value !== 0);
  if (told.length === 0) return el('p', {}, 'Nothing was left out.');
  return el(
    'table',
    { class: 'counts' },
    el(
      'tbody',
      {},
      told.map(([name, value]) =>
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

function leftOut({ skipped }: ReadCounts): Fact[] {
  const sorted = [...skipped].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([reason, count]) => [REASONS[reason] ?? reason, count]);
}

function problems({ problems: all }: ReadCounts): Piece {
  if (all.length === 0) return null;
  const more = all.length - MOST_PROBLEMS;
  return [
    el('h3', { class: 'warning' }, `${counted(all.length, 'input')} not read whole`),
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

const NEVER_SEEN = [
  'A thief on the workload itself or behind the same NAT gateway: every address agrees.',
  'Requests signed elsewhere and sent through the workload, and pre-signed S3 URLs.',
  'Use of data without data events in the trail, and services CloudTrail does not log.',
  'A thief who calls first, from AWS and in the workload’s Region, while nothing known speaks against him.',
];

function limits({ ipRanges, settings }: Coverage): Piece {
  const here = [
    ...(ipRanges === null ? ['Without ip-ranges.json first uses are accepted unverified.'] : []),
    ...(settings.organizationAccounts === 0
      ? ['Without organizationAccounts a stranger’s VPC endpoint may pass for one of yours.']
      : []),
  ];
  return [
    el('h3', {}, 'What CloudTrail cannot show'),
    el(
      'ul',
      {},
      [...here, ...NEVER_SEEN].map((line) => el('li', {}, line)),
    ),
  ];
}
