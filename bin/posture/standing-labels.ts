import { STANDINGS, type Posture, type Standing } from '../../lambda/detection/posture/posture';
import { grouped } from '../terminal/numbers';

export const STANDING_LABELS: Readonly<Record<Standing, string>> = {
  imdsv1: 'IMDSv1 only',
  both: 'IMDSv1 and IMDSv2',
  'imdsv1-suspected': 'IMDSv1, suspicious use only',
  imdsv2: 'IMDSv2 only',
};

/** `IMDSv1 only 2, IMDSv2 only 30` */
export function standingCounts(postures: readonly Posture[]): string {
  const of = (standing: Standing) => postures.filter((posture) => posture.standing === standing).length;
  return STANDINGS.filter((standing) => of(standing) > 0)
    .map((standing) => `${STANDING_LABELS[standing]} ${grouped(of(standing))}`)
    .join(', ');
}
