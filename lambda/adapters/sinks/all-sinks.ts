import type { SinkName } from '../../detection/vocabulary';
import { eventBridgeSink } from './event-bridge';
import { securityHubSink } from './security-hub';
import type { OpenSink } from './sink';
import { snsSink } from './sns';

/** Every sink, in the order they are delivered to. */
export const ALL_SINKS: Readonly<Record<SinkName, OpenSink>> = {
  'security-hub': securityHubSink,
  'event-bridge': eventBridgeSink,
  sns: snsSink,
};
