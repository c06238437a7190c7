import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import type { Environment } from '../../environment';
import type { Faults } from '../batching';
import type { ClientSettings } from '../client-settings';

/** A place that findings are delivered to. */
export interface Sink {
  /** True if the sink takes this finding; all others count as delivered. */
  readonly accepts: (outgoing: OutgoingFinding) => boolean;
  /**
   * Delivers accepted findings, oldest first. Returns the errors by index: `publish` retries these a minute later, for this
   * sink alone. Errors that are worth an immediate retry are retried by the sink.
   */
  readonly deliver: (batch: readonly OutgoingFinding[]) => Promise<Faults>;
}

/** Opens a sink; null if the deployment does not configure it. */
export type OpenSink = (context: SinkContext) => Sink | null;

export interface SinkContext {
  readonly environment: Environment<'publish'>;
  /** For the sink's SDK client. */
  readonly clientSettings: ClientSettings;
  /** Resolves when Security Hub may be called again. @default 10 calls a second, for each container */
  readonly pace?: (() => Promise<void>) | undefined;
}
