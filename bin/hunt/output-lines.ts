import type { Published } from '../../lambda/hunting/hunt-request';
import type { StoreCounts } from '../../lambda/hunting/store-stage';
import { counted, grouped } from '../terminal/numbers';
import type { WrittenOutputs } from './aws-hunt';

/** Lines on what a hunt did with what it found. */
export function outputLines({ published, stored }: WrittenOutputs): string[] {
  return [...(published ? [publishedLine(published)] : []), ...(stored ? [storedLine(stored)] : [])];
}

function publishedLine({ sent, unsent, left }: Published): string {
  return sentence([
    `Published ${counted(sent, 'finding')}`,
    ...(unsent > 0 ? [`${grouped(unsent)} unchanged since, in mode learn, or still held`] : []),
    ...(left > 0 ? [`${grouped(left)} left to the deployment, which has them`] : []),
  ]);
}

function storedLine({ stored, tooOld, refused }: StoreCounts): string {
  return sentence([
    `Stored ${counted(stored, 'fact')} in the lock table`,
    ...(tooOld > 0 ? [`${grouped(tooOld)} older than retentionDays were left out`] : []),
    ...(refused > 0 ? [`${grouped(refused)} of a future time, or too large for the table, were left out`] : []),
  ]);
}

function sentence(parts: readonly string[]): string {
  return `${parts.join('; ')}.`;
}
