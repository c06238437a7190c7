import {
  HUNT_FILES,
  HUNT_STAGES,
  type HUNT_ITEMS,
  huntFolder,
  OUTPUT_REFUSED,
  OUTPUT_STAGES,
  STORING_CHILDREN,
  TOO_MANY_UNREAD,
  WORK_EXPIRED,
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
  /** Days that objects of the bucket are kept. */
  readonly workDays: number;
  /** ARNs of the functions of outputs that are deployed. */
  readonly outputFunctions: Readonly<Partial<Record<HuntOutput, string>>>;
}

type Stage = (typeof HUNT_STAGES | typeof OUTPUT_STAGES)[number];

/** Errors of a child pass: it is stopped by Lambda, or S3 is slow. A child that runs again replaces what it wrote. */
const RETRY = [
  // Another attempt would find the same.
  { ErrorEquals: [TOO_MANY_UNREAD, OUTPUT_REFUSED, WORK_EXPIRED], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 3, JitterStrategy: 'FULL' },
];
const INPUT = ['hunt', 'from', 'to', 'accounts', 'regions', 'batchSize', 'partSize'];

/** Folder for what the service writes about children. */
export const CHILDREN = 'children';

/** In an intrinsic function of the language. */
const FOLDER = huntFolder('{}');

/** The state machine in Amazon States Language: a task that plans, then the stages, of which most are maps over S3. */
export function huntDefinition(resources: HuntResources): object {
  const outputs = OUTPUT_STAGES.filter(({ output }) => resources.outputFunctions[output] !== undefined);
  const plan = {
    ...invocation(resources, resources.readFunction, {
      stage: 'plan',
      ...Object.fromEntries(INPUT.map((name): [string, string] => [`${name}.$`, `$.${name}`])),
      workDays: resources.workDays,
      ...(outputs.length > 0 && { outputs: [...new Set(outputs.map(({ output }) => output))] }),
    }),
    Next: HUNT_STAGES[0].name,
  };
  const stages = [...HUNT_STAGES, ...outputs];
  const states = stages.flatMap((stage, at) =>
    Object.entries(statesOf(stage, stages[at + 1]?.name ?? null, resources)),
  );
  return {
    Comment: 'Looks for stolen workload credentials in all log files of a period',
    StartAt: 'plan',
    States: { plan, ...Object.fromEntries(states) },
  };
}

/** The states of a stage, by name. `next`: null for the last. */
function statesOf(stage: Stage, next: string | null, resources: HuntResources): Readonly<Record<string, object>> {
  const { name, children } = stage;
  const functionArn = functionOf(stage, resources);
  const then = next === null ? { End: true } : { Next: next };
  if (children !== null) return { [name]: { ...mapOf({ name, children }, functionArn, resources), ...then } };
  const task = invocation(resources, functionArn, { stage: name, 'hunt.$': '$.hunt' });
  if (name !== 'store-network' || next === null) return { [name]: { ...task, ...then } };
  const isNotAsked = { Variable: '$.stored.isAsked', BooleanEquals: false, Next: 'not-asked' };
  return { ...untilDone(name, task, [isNotAsked], next), 'not-asked': { Type: 'Succeed' } };
}

function mapOf(
  { name, children }: { readonly name: string; readonly children: (typeof HUNT_ITEMS)[number] },
  functionArn: string,
  resources: HuntResources,
): object {
  const { partition, bucketName, concurrency } = resources;
  const task = invocation(resources, functionArn, null);
  const child = `${name}-child`;
  const isStoring = name === 'store-facts';
  return {
    Type: 'Map',
    Label: name,
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: bucketName, 'Key.$': `States.Format('${FOLDER}${HUNT_FILES[children]}', $.hunt)` },
    },
    ItemSelector: { stage: name, 'hunt.$': '$.hunt', 'child.$': '$$.Map.Item.Value' },
    MaxConcurrency: isStoring ? STORING_CHILDREN : concurrency,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: child,
      States: isStoring
        ? { ...untilDone(child, task, [], 'stored'), stored: { Type: 'Succeed' } }
        : { [child]: { ...task, End: true } },
    },
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      Parameters: { Bucket: bucketName, Prefix: CHILDREN },
    },
    ResultPath: null,
  };
}

/** A task that is repeated until it answers that it is done, as one call has 15 minutes. */
function untilDone(
  name: string,
  task: object,
  otherwise: readonly object[],
  next: string,
): Readonly<Record<string, object>> {
  const again = `${name}-again`;
  const isNotDone = { Variable: '$.stored.isDone', BooleanEquals: false, Next: name };
  const answer = { 'isDone.$': '$.Payload.isDone', 'isAsked.$': '$.Payload.isAsked' };
  return {
    [name]: { ...task, ResultSelector: answer, ResultPath: '$.stored', Next: again },
    [again]: { Type: 'Choice', Choices: [isNotDone, ...otherwise], Default: next },
  };
}

function functionOf(stage: Stage, { readFunction, judgeFunction, outputFunctions }: HuntResources): string {
  if ('output' in stage) return outputFunctions[stage.output] ?? '';
  return stage.name === 'read' ? readFunction : judgeFunction;
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
