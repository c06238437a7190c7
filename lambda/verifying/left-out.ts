/** Reasons why a listed resource gives no fact, as shown to the user. */
export type LeftOutReason =
  'not-understood' | 'not-attached' | 'terminated' | 'no-public-address' | 'gone' | 'other-resources';

/** Counts by reason. */
export type LeftOut = Map<LeftOutReason, number>;

export function leaveOut(leftOut: LeftOut, reason: LeftOutReason): void {
  leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
}
