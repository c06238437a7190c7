/** Patient with throttling, not with connections that hang: the SDK's own timeouts are none. */
export const AWAY = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
} as const;

/** For many small questions of which each may fail: whoever asks them has little time for one. */
export const AWAY_BRIEFLY = { ...AWAY, maxAttempts: 2 } as const;

/** For streams, which rest while what they brought is stored and judged. */
export const AWAY_STREAMING = {
  ...AWAY,
  requestHandler: { ...AWAY.requestHandler, socketTimeout: 60_000 },
} as const;
