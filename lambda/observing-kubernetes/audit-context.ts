import type { Settings } from '../detection/model/settings';
import type { Publish } from '../confirming/reconcile-findings';
import type { OwnerOf } from '../kubernetes/address-owner';
import type { ObserveContext } from '../observing/observing-context';
import type { Quarantine } from '../observing/quarantine';
import type { LockTable } from '../store/lock-table';
import type { Log, Meter } from '../telemetry';
import type { AuditPlace } from './audit-notice';
import type { ObservedRequests } from './session-requests';
import type { SettledPlaces } from './settled-places';

export interface AuditContext {
  readonly table: LockTable;
  readonly settings: Settings;
  /** The partition of all accounts. */
  readonly partition: string;
  readonly place: AuditPlace;
  /** Accounts whose audit logs are read. */
  readonly accounts: ReadonlySet<string>;
  readonly ownerOf: OwnerOf;
  /** How the requests of AWS sessions are stored and judged. */
  readonly observing: Omit<ObserveContext, 'now'>;
  readonly observed: ObservedRequests;
  readonly settled: SettledPlaces;
  /** The bytes of an object. Throws `UnreadableObject` if a retry is of no use. */
  readonly open: (key: string) => Promise<AsyncIterable<Uint8Array>>;
  readonly publish: Publish;
  readonly quarantine: Quarantine;
  readonly log: Log;
  readonly meter: Meter;
  /** Current time in epoch milliseconds. */
  readonly now: () => number;
}
