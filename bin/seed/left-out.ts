/** Why something listed gives no fact. A closed list: these words are shown to people. */
export type LeftOutReason =
  'not-understood' | 'not-attached' | 'terminated' | 'no-public-address' | 'gone' | 'other-resources';

/** What is left out, and how often. */
export type LeftOut = Map<LeftOutReason, number>;

export function leaveOut(leftOut: LeftOut, reason: LeftOutReason): void {
  leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
}
