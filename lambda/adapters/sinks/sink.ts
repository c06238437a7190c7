import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import type { Environment } from '../../environment';
import type { Faults } from '../batching';
import type { ClientSettings } from '../client-settings';

/** A place that findings are delivered to. */
export interface Sink {
  /** Whether this finding belongs there; all others count as delivered. */
  readonly accepts: (outgoing: OutgoingFinding) => boolean;
  /**
   * Delivers accepted findings, oldest first. Gives the faults by the finding's place in the batch: `publish` retries these a
   * minute later, for this sink alone. What is worth a retry at once, the sink retries itself.
   */
  readonly deliver: (batch: readonly OutgoingFinding[]) => Promise<Faults>;
}

/** Opens a sink; null where the deployment does not configure it. */
export type OpenSink = (context: SinkContext) => Sink | null;

export interface SinkContext {
  readonly environment: Environment<'publish'>;
  /** For the sink's SDK client. */
  readonly clientSettings: ClientSettings;
  /** Resolves when Security Hub may be called again. @default 10 calls a second, for each container */
  readonly pace?: (() => Promise<void>) | undefined;
}
