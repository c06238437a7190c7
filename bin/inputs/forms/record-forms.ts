import type { RecordForm } from '../../../lambda/trail-files/unwrap';
import { ecsRecord } from './ecs-record';
import { ocsfRecord } from './ocsf-record';
import { queryRowForm } from './query-row';
import { respelledRecord } from './respelled-record';

/** What other writers make of CloudTrail's records, in the order in which they are tried: for one file. */
export function recordForms(): readonly RecordForm[] {
  return [respelledRecord, ecsRecord, ocsfRecord, queryRowForm()];
}
