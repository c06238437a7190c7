import type { DeliveryUse, Posture } from '../../lambda/detection/posture/posture';
import { boxTable, boxWidth, type Cell } from '../terminal/box-table';
import { counted, grouped } from '../terminal/numbers';
import { paint } from '../terminal/paint';
import { STANDING_LABELS, standingCounts } from './standing-labels';

const NARROWEST = 80;
const WIDEST = 160;

/** The roles with credentials from IMDSv1, then the number of all roles by status. */
export function* postureTable(postures: readonly Posture[], columns: number, colours: boolean): Generator<string> {
  const exposed = postures.filter(({ imdsV1 }) => imdsV1 !== null);
  if (exposed.length > 0) {
    const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
    const first = [width < 100 ? 20 : 26, width < 100 ? 20 : 30];
    const widths = [...first, width - boxWidth(3) - first.reduce((sum, one) => sum + one, 0)];
    const painted = paint(colours);
    const heads = ['Role, account', 'Instance', 'Credentials from IMDSv1'];
    yield* boxTable(
      heads,
      widths,
      exposed.map((posture): readonly Cell[] => [
        { text: `${posture.role}\n${posture.account}`, paint: painted.bold },
        { text: `${posture.instance}${posture.region === null ? '' : `\n${posture.region}`}` },
        {
          text: `${STANDING_LABELS[posture.standing]}\n${lines(posture)}`,
          paint: posture.standing === 'imdsv1-suspected' ? painted.HIGH : painted.MEDIUM,
        },
      ]),
    );
  }
  yield `${countsOf(postures)}\n`;
}

function lines({ imdsV1, imdsV2 }: Posture): string {
  return [
    ...(imdsV1 ? [useOf('IMDSv1', imdsV1)] : []),
    ...(imdsV2 ? [`IMDSv2: ${counted(imdsV2.hours, 'hour')}, last ${imdsV2.lastSeen}`] : []),
  ].join('\n');
}

function useOf(name: string, use: DeliveryUse): string {
  const { hours, lastSeen, userAgents, userAgentsLeftOut, origins, originsLeftOut } = use;
  const usedFrom = origins.map(({ origin, suspected }) => (suspected ? `${origin} (suspicious)` : origin));
  return [
    `${name}: ${counted(hours, 'hour')}, last ${lastSeen}`,
    ...(usedFrom.length > 0 ? [`from ${withRest(usedFrom, originsLeftOut)}`] : []),
    ...(userAgents.length > 0 ? [`by ${withRest(userAgents, userAgentsLeftOut)}`] : []),
  ].join('\n');
}

function withRest(texts: readonly string[], leftOut: number): string {
  const few = texts.slice(0, 3);
  const more = texts.length - few.length + leftOut;
  return more === 0 ? few.join(', ') : `${few.join(', ')} and ${grouped(more)} more`;
}

function countsOf(postures: readonly Posture[]): string {
  if (postures.length === 0) return 'No record shows the version of the instance metadata service (ec2RoleDelivery).';
  return `${counted(postures.length, 'role')} on instances: ${standingCounts(postures)}.`;
}
