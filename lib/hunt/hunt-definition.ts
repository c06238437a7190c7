import {
  HUNT_FILES,
  HUNT_OUTPUTS,
  HUNT_STAGES,
  huntFolder,
  NOT_DEPLOYED,
  TOO_MANY_UNREAD,
  type HuntOutput,
} from '../../lambda/hunt-names';

/** What the state machine of a hunt calls and reads. */
export interface HuntResources {
  readonly partition: string;
  readonly bucketName: string;
  /** ARN of the function that plans and reads logs. */
  readonly readFunction: string;
  /** ARN of the function of all other stages. */
  readonly judgeFunction: string;
  /** Children of a stage at the same time. */
  readonly concurrency: number;
  /** ARNs of the functions of outputs that are deployed. */
  readonly outputFunctions: Readonly<Partial<Record<HuntOutput, string>>>;
}

type Stage = (typeof HUNT_STAGES | typeof HUNT_OUTPUTS)[number];

/** Errors of a child pass: it is stopped by Lambda, or S3 is slow. A child that runs again replaces what it wrote. */
const RETRY = [
  // Another attempt would find the same.
  { ErrorEquals: [TOO_MANY_UNREAD, NOT_DEPLOYED], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 3, JitterStrategy: 'FULL' },
];
const INPUT = ['hunt', 'from', 'to', 'accounts', 'regions', 'batchSize', 'partSize'];

/** Folder for what the service writes about children. */
export const CHILDREN = 'children';

/** In an intrinsic function of the language. */
const FOLDER = huntFolder('{}');

/** The state machine in Amazon States Language: a task that plans, then the stages, of which most are maps over S3. */
export function huntDefinition(resources: HuntResources): object {
  const outputs = HUNT_OUTPUTS.filter(({ name }) => resources.outputFunctions[name] !== undefined);
  const plan = {
    ...invocation(resources, resources.readFunction, {
      stage: 'plan',
      ...Object.fromEntries(INPUT.map((name): [string, string] => [`${name}.$`, `$.${name}`])),
      ...(outputs.length > 0 && { outputs: outputs.map(({ name }) => name) }),
    }),
    Next: HUNT_STAGES[0].name,
  };
  const states: Record<string, object> = { plan };
  const stages = [...HUNT_STAGES, ...outputs];
  for (const [at, stage] of stages.entries()) {
    const next = stages[at + 1];
    states[stage.name] = { ...stateOf(stage, resources), ...(next ? { Next: next.name } : { End: true }) };
  }
  return {
    Comment: 'Looks for stolen workload credentials in all log files of a period',
    StartAt: 'plan',
    States: states,
  };
}

function stateOf({ name, children }: Stage, resources: HuntResources): object {
  const { partition, bucketName, concurrency } = resources;
  const functionArn = functionOf(name, resources);
  if (children === null) return invocation(resources, functionArn, { stage: name, 'hunt.$': '$.hunt' });
  return {
    Type: 'Map',
    Label: name,
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: bucketName, 'Key.$': `States.Format('${FOLDER}${HUNT_FILES[children]}', $.hunt)` },
    },
    ItemSelector: { stage: name, 'hunt.$': '$.hunt', 'child.$': '$$.Map.Item.Value' },
    MaxConcurrency: concurrency,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: `${name}-child`,
      States: { [`${name}-child`]: { ...invocation(resources, functionArn, null), End: true } },
    },
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      Parameters: { Bucket: bucketName, Prefix: CHILDREN },
    },
    ResultPath: null,
  };
}

function functionOf(name: Stage['name'], { readFunction, judgeFunction, outputFunctions }: HuntResources): string {
  if (name === 'read') return readFunction;
  return name === 'publish' ? (outputFunctions[name] ?? '') : judgeFunction;
}

/** Passes its input on. `payload`: null for the input itself. */
function invocation({ partition }: HuntResources, functionArn: string, payload: object | null): object {
  return {
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: functionArn, ...(payload ? { Payload: payload } : { 'Payload.$': '$' }) },
    ResultPath: null,
    TimeoutSeconds: 930,
    Retry: RETRY,
  };
}
