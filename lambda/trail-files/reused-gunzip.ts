import { types } from 'node:util';
import { constants, createGunzip } from 'node:zlib';
import { isMemberBehindPadding } from './gunzip-at-once';

/** What Node.js keeps inside a zlib stream, and does not document. */
interface Inside {
  readonly _handle: {
    writeSync(...args: readonly [flush: number, ...from: Span, ...to: Span]): void;
  };
  /** Bytes left of the output and of the input after a write; a write that meets a fault sets neither. */
  readonly _writeState: Uint32Array;
  reset(): void;
}

type Span = readonly [bytes: Uint8Array, offset: number, length: number];

const UNSET = 0xffffffff;

/** Inflates whole gzip files one after the other with the same state, into memory of the caller's. */
export class ReusedGunzip {
  #gunzip = inside();

  /** Null where this version of Node.js is different inside. */
  static create(): ReusedGunzip | null {
    return inside() && new ReusedGunzip();
  }

  /** The number of bytes put into `to`; null for faulty data, which a stream describes, and where they are more. */
  inflate(file: Buffer, to: Uint8Array): number | null {
    if (!this.#gunzip || isMemberBehindPadding(file)) return null;
    const { _handle: handle, _writeState: state } = this.#gunzip;
    state.fill(UNSET);
    handle.writeSync(constants.Z_FINISH, file, 0, file.length, to, 0, to.length);
    const left = state[0] ?? UNSET;
    if (left === UNSET) {
      this.#gunzip = inside();
      return null;
    }
    this.#gunzip.reset();
    return left === 0 ? null : to.length - left;
  }
}

function inside(): Inside | null {
  const stream = createGunzip();
  // A fault is noticed by the state.
  stream.on('error', () => undefined);
  return hasInside(stream) ? stream : null;
}

function hasInside(stream: object): stream is Inside {
  if (!('_handle' in stream) || !('_writeState' in stream) || !('reset' in stream)) return false;
  const { _handle: handle, _writeState: state } = stream;
  return types.isUint32Array(state) && typeof handle === 'object' && handle !== null && 'writeSync' in handle;
}
