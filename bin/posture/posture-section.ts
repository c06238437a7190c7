import type { DeliveryUse, Posture } from '../../lambda/detection/posture/posture';
import type { ReportSection } from '../report/report';
import { scrollingTable } from '../report/scrolling-table';
import { el, type Piece } from '../report/tree';
import { counted, grouped } from '../terminal/numbers';
import { STANDING_LABELS, standingCounts } from './standing-labels';

/** Further rows are only in `credlock.posture/1`. */
const MOST_ROWS = 500;

/** The report's section on IMDSv1; none if no record shows the version of the metadata service. */
export function postureSections(postures: readonly Posture[]): ReportSection[] {
  if (postures.length === 0) return [];
  const exposed = postures.filter(({ imdsV1 }) => imdsV1 !== null);
  const content: readonly Piece[] = [
    el('p', {}, `${counted(postures.length, 'role')} on instances: ${standingCounts(postures)}.`),
    exposed.length === 0
      ? el('p', {}, 'No credentials were delivered by IMDSv1.')
      : tableOf(exposed.slice(0, MOST_ROWS)),
    exposed.length > MOST_ROWS
      ? el('p', {}, `${grouped(exposed.length - MOST_ROWS)} more: see credlock replay --posture.`)
      : null,
  ];
  return [{ id: 'metadata', heading: 'Instance metadata', content }];
}

const HEADS = [
  'Role',
  'Account',
  'Instance',
  'Status',
  'Hours with IMDSv1',
  'Last seen, UTC',
  'Used from',
  'User agents',
];

function tableOf(exposed: readonly Posture[]): Piece {
  return scrollingTable('Roles with credentials from IMDSv1', HEADS, exposed.map(rowOf));
}

function rowOf({ role, account, instance, region, standing, imdsV1 }: Posture): Piece {
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, role),
    el('td', {}, el('code', {}, account)),
    el('td', {}, el('code', {}, instance), region === null ? null : ` ${region}`),
    el('td', {}, STANDING_LABELS[standing]),
    ...(imdsV1 ? useCells(imdsV1) : []),
  );
}

function useCells({ hours, lastSeen, origins, originsLeftOut, userAgents, userAgentsLeftOut }: DeliveryUse): Piece[] {
  const usedFrom = origins.map(({ origin, suspected }) => (suspected ? `${origin} (suspicious)` : origin));
  return [
    el('td', {}, grouped(hours)),
    el('td', {}, lastSeen),
    el('td', {}, withRest(usedFrom, originsLeftOut)),
    el('td', {}, withRest(userAgents, userAgentsLeftOut)),
  ];
}

function withRest(texts: readonly string[], leftOut: number): string {
  const few = texts.slice(0, 3);
  const more = texts.length - few.length + leftOut;
  return more === 0 ? few.join(', ') : `${few.join(', ')} and ${grouped(more)} more`;
}
