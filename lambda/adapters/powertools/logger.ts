import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../../telemetry';

/** JSON lines on standard output, at the level of `POWERTOOLS_LOG_LEVEL`. */
export function powertoolsLog(): Log {
  const logger = new Logger({ serviceName: 'credlock' });
  return {
    info: (message, details = {}) => logger.info(message, details),
    warn: (message, details = {}) => logger.warn(message, details),
    error: (message, details = {}) => logger.error(message, details),
  };
}
