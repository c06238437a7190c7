import { Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/environment';
import { OUTPUT_MEGABYTES, WORK_FOLDERS } from '../../lambda/hunt-names';
import { acknowledgeTrail, acknowledgeWildcards } from '../acknowledgements';
import { grantUseOfKey } from '../hub/grant-use-of-key';
import type { TrailLocation } from '../hub/intake';
import { named } from '../names';
import { CHILDREN, huntDefinition } from './hunt-definition';
import { huntFunction } from './hunt-function';
import { outputFunctions, type HuntOutputProps, type OutputFunctions } from './hunt-outputs';

export interface HuntProps extends HuntOutputProps {
  /** The trail whose log files are read. */
  readonly trail: TrailLocation;
  /**
   * Days after which the work of a hunt, its findings included, is deleted.
   *
   * @default 30
   */
  readonly workDays?: number;
  /**
   * Memory of a child that judges a part, in megabytes: one that needs more is judged in several passes. Lambda allows 3,008
   * in new accounts, 10,240 on request.
   *
   * @default 1769: one vCPU
   */
  readonly judgeMegabytes?: number;
  /**
   * Children of a stage that run at the same time.
   *
   * @default 200
   */
  readonly concurrency?: number;
  /** @default - three months */
  readonly logRetention?: RetentionDays;
  /**
   * Key that encrypts the work, the logs and the functions' variables. The policy of an imported key must let CloudWatch
   * Logs use it for the log groups of hunts, as the policy of `HuntKey` does.
   *
   * @default - keys owned by AWS
   */
  readonly encryptionKey?: IKey;
  /**
   * What becomes of the bucket, with its work, when the stack is deleted. CloudFormation deletes it only if it is empty. Logs
   * are deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /** Of all resources. @default - none */
  readonly resourceTags?: Readonly<Record<string, string>>;
}

/** One vCPU: children have one thread. */
const READ_MEGABYTES = 1_769;
const JUDGE_MEGABYTES = 1_769;
/** Keys of what functions of outputs write. */
const OUTPUTS = 'hunts/*/outputs/*';
const CONCURRENCY = 200;
const WORK_DAYS = 30;

/**
 * Looks for stolen credentials in all log files of a period: a state machine that is started by hand, its functions, and a
 * bucket for its work. Costs nothing until it is started.
 */
export class Hunt extends Construct {
  readonly bucket: Bucket;
  readonly stateMachine: StateMachine;
  /** Plans and reads logs: its role needs access to the trail's bucket. */
  readonly readFunction: LambdaFunction;
  readonly judgeFunction: LambdaFunction;
  readonly #logs: LogGroupProps;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, props: HuntProps) {
    super(scope, id);
    const { trail, workDays = WORK_DAYS, judgeMegabytes = JUDGE_MEGABYTES, concurrency = CONCURRENCY } = props;
    const { logRetention: retention = RetentionDays.THREE_MONTHS, encryptionKey } = props;
    this.#key = encryptionKey;
    this.#logs = { retention, removalPolicy: RemovalPolicy.DESTROY, ...(encryptionKey && { encryptionKey }) };
    this.bucket = this.#workBucket(workDays, props.removalPolicy ?? RemovalPolicy.RETAIN);
    this.readFunction = this.#function('read', 'plans hunts and reads log files', READ_MEGABYTES);
    this.judgeFunction = this.#function('judge', 'judges the parts of hunts', judgeMegabytes);
    this.#grantReadTrail(trail);
    const outputs = outputFunctions(props, this.readFunction, (part, description) =>
      this.#function(part, description, OUTPUT_MEGABYTES, OUTPUTS),
    );
    this.#protectWork([this.readFunction, this.judgeFunction, ...Object.values(outputs)]);
    this.stateMachine = this.#stateMachine({ concurrency, workDays }, outputs);
    this.#acknowledge(Object.values(outputs));
    for (const [name, value] of Object.entries(props.resourceTags ?? {})) Tags.of(this).add(name, value);
  }

  /** The work of all hunts is in one bucket, and children are executions of generated names. */
  #acknowledge(outputs: readonly LambdaFunction[]): void {
    const stack = Stack.of(this);
    const { defaultChild } = this.bucket.node;
    const work = defaultChild instanceof CfnBucket ? `<${stack.getLogicalId(defaultChild)}.Arn>` : '';
    const place = `${spelled(stack.region, 'Region')}:${spelled(stack.account, 'AccountId')}`;
    const executions = `arn:${spelled(stack.partition, 'Partition')}:states:${place}:execution:${named('hunt')}`;
    const reason = 'The work of all hunts is in one folder of its own bucket.';
    for (const { role } of [this.readFunction, this.judgeFunction])
      if (role) acknowledgeWildcards(role, [`${work}/hunts/*`], reason);
    for (const { role } of outputs)
      if (role) acknowledgeWildcards(role, [`${work}/hunts/*`, `${work}/${OUTPUTS}`], reason);
    const { role } = this.stateMachine;
    acknowledgeWildcards(role, [`${work}/hunts/*/plan/*`, `${work}/${CHILDREN}/*`], reason);
    acknowledgeWildcards(role, [`${executions}:*`, `${executions}/*`], 'Children of maps have generated names.');
    acknowledgeWildcards(role, ['*'], 'X-Ray and the delivery of logs do not support resource-level permissions.');
  }

  #workBucket(workDays: number, removalPolicy: RemovalPolicy): Bucket {
    return new Bucket(this, 'Work', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      ...(this.#key
        ? { encryption: BucketEncryption.KMS, encryptionKey: this.#key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      removalPolicy,
      lifecycleRules: [{ expiration: Duration.days(workDays), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
  }

  /** Other principals that may write into the bucket, by their own policies, cannot change findings. */
  #protectWork(functions: readonly LambdaFunction[]): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyHuntsWriteTheirWork',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject', 's3:ReplicateObject'],
        resources: WORK_FOLDERS.map((folder) => this.bucket.arnForObjects(`hunts/*/${folder}/*`)),
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': functions.map(({ role }) => role?.roleArn) } },
      }),
    );
  }

  #function(part: string, description: string, megabytes: number, writes?: string): LambdaFunction {
    const { bucket } = this;
    const own = { part, description, megabytes, ...(writes !== undefined && { writes }) };
    return huntFunction(this, { ...own, bucket, logs: this.#logs, encryptionKey: this.#key });
  }

  #grantReadTrail({ bucketName, bucketOwner, prefix = '', keyArn }: TrailLocation): void {
    const { partition } = Stack.of(this);
    const bucketArn = `arn:${partition}:s3:::${bucketName}`;
    const objects = `${bucketArn}/${prefix}AWSLogs/*`;
    const { role } = this.readFunction;
    // The owner of the bucket is compared with that of objects which are denied.
    const ofBucket = ['s3:ListBucket', 's3:GetBucketAcl'];
    role?.addToPrincipalPolicy(new PolicyStatement({ actions: ofBucket, resources: [bucketArn] }));
    role?.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }));
    if (keyArn !== undefined)
      role?.addToPrincipalPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [keyArn] }));
    if (role) acknowledgeTrail(role, objects.replace(partition, spelled(partition, 'Partition')));
    this.readFunction.addEnvironment(ENV.trailBucket, bucketName);
    this.readFunction.addEnvironment(ENV.trailBucketOwner, bucketOwner);
    if (prefix !== '') this.readFunction.addEnvironment(ENV.trailPrefix, prefix);
  }

  #stateMachine(
    { concurrency, workDays }: Required<Pick<HuntProps, 'concurrency' | 'workDays'>>,
    outputs: OutputFunctions,
  ): StateMachine {
    const { partition, region, account } = Stack.of(this);
    const name = named('hunt');
    const role = new Role(this, 'Role', {
      roleName: name,
      description: 'credlock: runs hunts',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    });
    grantUseOfKey(this.#key, role);
    const functions = [this.readFunction, this.judgeFunction, ...Object.values(outputs)].map(
      ({ functionArn }) => functionArn,
    );
    const states = `arn:${partition}:states:${region}:${account}`;
    for (const [actions, resources] of [
      [['lambda:InvokeFunction'], functions],
      [['s3:GetObject'], [this.bucket.arnForObjects('hunts/*/plan/*')]],
      [
        ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        [this.bucket.arnForObjects(`${CHILDREN}/*`)],
      ],
      // The children of maps are executions of the machine itself.
      [['states:StartExecution'], [`${states}:stateMachine:${name}`]],
      [
        ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        [`${states}:execution:${name}:*`, `${states}:execution:${name}/*`],
      ],
    ] as const)
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    return new StateMachine(this, 'Machine', {
      stateMachineName: name,
      role,
      definitionBody: DefinitionBody.fromString(
        Stack.of(this).toJsonString(
          huntDefinition({
            partition,
            bucketName: this.bucket.bucketName,
            readFunction: this.readFunction.functionArn,
            judgeFunction: this.judgeFunction.functionArn,
            concurrency,
            workDays,
            outputFunctions: Object.fromEntries(
              Object.entries(outputs).map(([output, { functionArn }]) => [output, functionArn]),
            ),
          }),
        ),
      ),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        // Not the data: it names accounts and files.
        includeExecutionData: false,
        destination: new LogGroup(this, 'MachineLog', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          ...this.#logs,
        }),
      },
    });
  }
}

/** As cdk-nag spells a pseudo parameter. */
function spelled(value: string, name: string): string {
  return Token.isUnresolved(value) ? `<AWS::${name}>` : value;
}
