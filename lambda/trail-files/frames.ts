/**
 * `list`: between the values of an array; `members`: between the members of an object that holds a list of records; `any`:
 * between those of an object that is too long to be read at once.
 */
export type Frame = 'list' | 'members' | 'any';

const DEEPEST = 64;

/** The arrays and objects that are entered. */
export class Frames {
  readonly #frames: Frame[] = [];

  get innermost(): Frame | undefined {
    return this.#frames.at(-1);
  }

  get depth(): number {
    return this.#frames.length;
  }

  /** Between values of an array, or of the stream. */
  get areAtValue(): boolean {
    return (this.innermost ?? 'list') === 'list';
  }

  /** In the list of a wrapper. */
  get areInWrapper(): boolean {
    return this.innermost === 'list' && this.#frames.at(-2) === 'members';
  }

  get areTooDeep(): boolean {
    return this.#frames.length >= DEEPEST;
  }

  enter(frame: Frame): void {
    this.#frames.push(frame);
  }

  leave(): void {
    this.#frames.pop();
  }
}
