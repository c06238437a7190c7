import type { CallWords } from './call-sample';

/** A call without what it was about, which is read from its request when its text is needed. */
export type CallKind = Omit<CallWords, 'resource'>;

/** Composes a call's text (`EventRef.what`) from its record's `requestParameters` and `resources`, as JSON. */
export type ComposeText = (call: CallKind, request: string, resources: string) => string;

/** Texts of calls, as data that can be sent to another thread. A span: index of the call, where its bytes begin, two lengths. */
export interface PackedTexts {
  readonly calls: readonly CallKind[];
  readonly spans: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const SPAN = 4;

/** Composes one of the texts. */
export function composedAt({ calls, spans, bytes }: PackedTexts, index: number, compose: ComposeText): string {
  const [call = 0, at = 0, request = 0, resources = 0] = spans.subarray(index * SPAN, index * SPAN + SPAN);
  const kind = calls[call];
  const middle = at + request;
  return kind ? compose(kind, decoded(bytes, at, middle), decoded(bytes, middle, middle + resources)) : '';
}

const decoder = new TextDecoder();

function decoded(bytes: Uint8Array, from: number, to: number): string {
  return from === to ? '' : decoder.decode(bytes.subarray(from, to));
}
