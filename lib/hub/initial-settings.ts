import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { ConfigBucket } from './config-bucket';
import type { HandlerFunction } from './handler-function';
import { CONFIG_KEYS, named } from '../names';

export interface InitialSettingsProps {
  readonly config: ConfigBucket;
  /** In the format of `credlock replay --config`. Keys left out take their defaults, including defaults that change later. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Invoked once, so that the address ranges exist from the start. */
  readonly refreshIpRanges: HandlerFunction;
}

/** Writes the initial settings to the config bucket when the stack is created. An existing document is never overwritten. */
export class InitialSettings extends Construct {
  constructor(scope: Construct, id: string, props: InitialSettingsProps) {
    super(scope, id);
    const { config, settings, refreshIpRanges } = props;
    const { bucket } = config;
    const shared = {
      functionName: named('setup'),
      installLatestAwsSdk: false,
      logGroup: new LogGroup(this, 'Log', {
        // CDK's function may write after its group is deleted, which creates it anew: another stack needs another name.
        logGroupName: `/aws/lambda/${named('setup')}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
        ...(bucket.encryptionKey && { encryptionKey: bucket.encryptionKey }),
      }),
    };
    const put = new AwsCustomResource(this, 'Put', {
      ...shared,
      onCreate: {
        service: 'S3',
        action: 'putObject',
        parameters: {
          Bucket: bucket.bucketName,
          Key: CONFIG_KEYS.settings,
          Body: JSON.stringify(settings, null, 2),
          ContentType: 'application/json',
          // The bucket survives its stack: a new stack must not overwrite an edited document.
          IfNoneMatch: '*',
        },
        ignoreErrorCodesMatching: 'PreconditionFailed',
        outputPaths: [],
        physicalResourceId: PhysicalResourceId.of('initial-settings'),
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(CONFIG_KEYS.settings)] }),
        ...(bucket.encryptionKey
          ? [new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [bucket.encryptionKey.keyArn] })]
          : []),
      ]),
    });
    const refresh = new AwsCustomResource(this, 'Refresh', {
      ...shared,
      onCreate: {
        service: 'Lambda',
        action: 'invoke',
        parameters: { FunctionName: refreshIpRanges.function.functionName, InvocationType: 'Event' },
        outputPaths: [],
        physicalResourceId: PhysicalResourceId.of('initial-ip-ranges'),
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [refreshIpRanges.function.functionArn] }),
      ]),
    });
    put.node.addDependency(config);
    refresh.node.addDependency(config, refreshIpRanges);
  }
}
