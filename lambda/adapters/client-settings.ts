import type { SQSClientConfig } from '@aws-sdk/client-sqs';

/** The settings that every SDK client takes. */
export type ClientSettings = Pick<
  SQSClientConfig,
  'credentials' | 'endpoint' | 'maxAttempts' | 'region' | 'requestHandler'
>;

/** Many attempts for throttled requests, and timeouts for hanging connections: the SDK sets none. */
export const CLIENT_SETTINGS = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
} as const satisfies ClientSettings;

/** For many small requests, each of which may fail. */
export const BRIEF_REQUESTS = { ...CLIENT_SETTINGS, maxAttempts: 2 } as const;

/** For streams, which pause while their records are stored and judged. */
export const STREAMING = {
  ...CLIENT_SETTINGS,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, socketTimeout: 60_000 },
} as const;
