import type { AuditLines } from '../kubernetes/unwrap-audit';
import type { RunReader } from './record-runs';
import type { RecordForm } from './unwrap';

/** What takes parts of a stream that are not passed on as records. */
export interface OtherReaders {
  /** Read records in other spellings. */
  readonly forms?: readonly RecordForm[];
  /** Receives audit logs of Kubernetes. */
  readonly audit?: AuditLines | null;
  /** Reads runs of plain records, which are not passed on. */
  readonly runs?: RunReader | null;
}
