import type { ClusterLines } from './cluster-lines';
import type { PartReader, RunReader } from './record-runs';
import type { RecordForm } from './unwrap';

/** What takes parts of a stream that are not passed on as records. */
export interface OtherReaders {
  /** Read records in other spellings. */
  readonly forms?: readonly RecordForm[];
  /** Receives audit logs of Kubernetes, and lines of agents. */
  readonly audit?: ClusterLines | null;
  /** Reads runs of plain records, which are not passed on. */
  readonly runs?: RunReader | null;
  /** Reads what follows a run. */
  readonly parts?: PartReader | null;
}
