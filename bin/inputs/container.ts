/** A file in an archive, or the one file in a compressed stream. */
export interface Member {
  /** Null in a compressed stream. */
  readonly name: string | null;
  /** To be read before the next member is asked for; what is left of it is passed over. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Opens an archive or a compressed stream. May throw in between; the members before the fault are complete. */
export type OpenContainer = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Member>;
