/** What `replay` reads from AWS, besides paths. */
export interface AwsOptions {
  /** Profile of the AWS CLI's configuration; default: the environment's credentials. */
  readonly profile?: string;
  /** Repeatable: Regions of Event history and of log files. */
  readonly region?: readonly string[];
  /** Repeatable: only log files of these accounts. */
  readonly account?: readonly string[];
  /** Only log files written from this time on, in epoch milliseconds. */
  readonly from?: number;
  /** Only log files written before this time. */
  readonly to?: number;
}

/** An object or a Region's Event history, named for people. */
export interface AwsInput {
  readonly path: string;
  open(): AsyncIterable<Uint8Array>;
}

/** The settings of a client; without a Region, the environment's or the profile's. */
export function clientOptions({ profile }: AwsOptions, region: string | null): { profile?: string; region?: string } {
  return { ...(profile !== undefined && { profile }), ...(region !== null && { region }) };
}
