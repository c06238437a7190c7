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
  /** Objects in a second of a processor that are listed and planned. */
  listedPerSecond: 170_000,
} as const;

/** What outputs take, in one place as well. The units and seconds of facts are measured, what findings take is counted. */
export const OUTPUTS = {
  /** Findings that are assumed to be published: how many there are is not known before reading. */
  findings: 1_000,
  /** Of a finding: units of the lock table (two writes of 4 kB), and requests to the queue of `publish`. */
  readsPerFinding: 8,
  writesPerFinding: 8,
  queueRequestsPerFinding: 3,
  /** Of a finding: four requests to the table, 32 findings at a time, and the hub's function. */
  secondsPerFinding: 0.001_3,
  publishSecondsPerFinding: 0.05,
  /** Of a fact, by docs/hunt.md: units of the lock table, and seconds of the children that store it. */
  readsPerFact: 1.8,
  writesPerFact: 1.3,
  secondsPerMillionFacts: 7_500,
  /** Days that facts are kept unless the deployment's `retentionDays` are others: older ones are not stored. */
  retentionDays: 90,
} as const;

/**
 * List prices of us-east-1 in dollars (arm64). Of tables on demand since November 2024; of findings that Security Hub imports
 * beyond the first 10,000 of an account, Region and month; of events on a custom bus of EventBridge; of transitions, of which
 * Step Functions counts one for each child that a map starts, and one for each state in it
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html).
 */
export const PRICES = {
  lambdaGigabyteSecond: 0.000_013_333_4,
  lambdaRequest: 0.000_000_2,
  s3Put: 0.000_005,
  s3Get: 0.000_000_4,
  s3GigabyteMonth: 0.023,
  stateTransition: 0.000_025,
  tableWrite: 0.000_000_625,
  tableRead: 0.000_000_125,
  queueRequest: 0.000_000_4,
  importedFinding: 0.000_03,
  busEvent: 0.000_001,
} as const;

/** What the stack `credlock-hunt` is deployed with unless its options say otherwise. */
export const DEPLOYED = { readMegabytes: 1_769, judgeMegabytes: 1_769, concurrency: 200, workDays: 30 } as const;
