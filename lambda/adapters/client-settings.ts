import type { SQSClientConfig } from '@aws-sdk/client-sqs';

/** The settings that every SDK client takes. */
export type ClientSettings = Pick<
  SQSClientConfig,
  'credentials' | 'endpoint' | 'maxAttempts' | 'region' | 'requestHandler'
>;

/** Retries throttled requests for long, but gives up early on connections that hang: the SDK sets no timeouts. */
export const CLIENT_SETTINGS = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
} as const satisfies ClientSettings;

/** For many small requests of which each may fail. */
export const BRIEF_REQUESTS = { ...CLIENT_SETTINGS, maxAttempts: 2 } as const;

/** For streams, which pause while their records are stored and judged. */
export const STREAMING = {
  ...CLIENT_SETTINGS,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, socketTimeout: 60_000 },
} as const;
