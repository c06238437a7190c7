/** A policy document of these statements. */
export declare function policy(...statements: readonly object[]): object;
