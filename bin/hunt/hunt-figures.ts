/**
 * What hunts were measured to need, in one place: `--estimate`, `--status` and docs/hunt.md follow it. On Node.js 20, x86;
 * facts by `npm run bench:hunt` over 20,000 instances, reading over generated log files of CloudTrail.
 */
export const MEASURED = {
  /** Of a gigabyte of log files, as they are stored. */
  recordsPerGigabyte: 4_700_000,
  factsPerGigabyte: 5_900_000,
  /** Gigabytes that the stages leave for a gigabyte of log files. */
  workPerGigabyte: 0.24,
  /** Processor time. */
  readSecondsPerGigabyte: 132,
  secondsPerMillionFacts: { attribute: 10, split: 13, review: 0.3, anchor: 11, compare: 12, judge: 20 },
  /** Of a child of any other stage, and more of every child: its start and what all children of its stage read. */
  secondsPerChild: 3,
  /** Objects that a child of a part fetches for each child that gathered packs, of batches and of parts. */
  fetchedPerBatchRun: 12,
  fetchedPerPartRun: 30,
  /** Objects in a second that are listed for a plan. */
  listedPerSecond: 300_000,
} as const;

/** List prices of us-east-1 in dollars (arm64). */
export const PRICES = {
  lambdaGigabyteSecond: 0.000_013_333_4,
  lambdaRequest: 0.000_000_2,
  s3Put: 0.000_005,
  s3Get: 0.000_000_4,
  s3GigabyteMonth: 0.023,
  stateTransition: 0.000_025,
} as const;

/** What the stack `credlock-hunt` is deployed with unless its options say otherwise. */
export const DEPLOYED = { readMegabytes: 1_769, judgeMegabytes: 1_769, concurrency: 200, workDays: 30 } as const;
