import { environmentOf, type Environment, type HandlerName } from '../environment';
import type { Log, Meter } from '../telemetry';
import { CLIENT_SETTINGS, type ClientSettings } from './client-settings';
import { powertoolsLog } from './powertools/logger';
import { powertoolsMeter } from './powertools/metrics';

export interface HandlerContext<Name extends HandlerName> {
  readonly environment: Environment<Name>;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * The function Lambda calls: builds the handler at the first call, so that faults of the environment are errors of that call,
 * and flushes the metrics after each call. `clients` creates the handler's SDK clients.
 */
export function deployedHandler<Name extends HandlerName, Clients extends object, Event, Answer>(
  name: Name,
  clients: (settings: ClientSettings) => Clients,
  build: (parts: HandlerContext<Name> & Clients) => (event: Event) => Promise<Answer>,
): (event: Event) => Promise<Answer> {
  let meter: Meter | undefined;
  let handle: ((event: Event) => Promise<Answer>) | undefined;
  return async (event) => {
    try {
      meter ??= powertoolsMeter(name);
      handle ??= build({
        ...clients(CLIENT_SETTINGS),
        environment: environmentOf(name, process.env),
        log: powertoolsLog(),
        meter,
        now: Date.now,
      });
      return await handle(event);
    } finally {
      meter?.flush();
    }
  };
}
