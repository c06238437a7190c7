import type { RecordForm } from '../../../lambda/trail-files/unwrap';
import { ecsRecord } from './ecs-record';
import { ocsfRecord } from './ocsf-record';
import { respelledRecord } from './respelled-record';

/** What other writers make of CloudTrail's records, in the order in which they are tried. */
export const RECORD_FORMS: readonly RecordForm[] = [respelledRecord, ecsRecord, ocsfRecord];
