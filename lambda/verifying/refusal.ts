import type { Refusal } from '../store/answers';

const BY_NAME: readonly (readonly [RegExp, Refusal])[] = [
  [/^(?:AccessDenied|UnauthorizedOperation)/, 'denied'],
  [/^(?:RequestLimitExceeded|Throttl|TooManyRequests|PriorRequestNotComplete|SlowDown)/, 'throttled'],
  [/^(?:AbortError|TimeoutError|RequestTimeout)/, 'no-answer'],
  [/^(?:OptInRequired|AuthFailure|InvalidClientTokenId|UnrecognizedClient|RegionDisabled)/, 'region-disabled'],
];

/** Why STS or EC2 gave no answer, by the name of their error. */
export function refusalOf(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : '';
  return BY_NAME.find(([names]) => names.test(name))?.[1] ?? 'failed';
}
