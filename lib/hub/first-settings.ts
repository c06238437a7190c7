import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { ConfigBucket } from './config-bucket';
import type { HandlerFunction } from './handler-function';
import { CONFIG_KEYS, named } from '../names';

export interface FirstSettingsProps {
  readonly config: ConfigBucket;
  /** As the config file of `credlock replay` has them. Keys that are left out have their defaults, today's and later ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Called once, so that address ranges are there from the first minute. */
  readonly refreshIpRanges: HandlerFunction;
}

/** Puts the first settings into the config bucket when the stack is created; what is there by then, or later, stays. */
export class FirstSettings extends Construct {
  constructor(scope: Construct, id: string, props: FirstSettingsProps) {
    super(scope, id);
    const { config, settings, refreshIpRanges } = props;
    const { bucket } = config;
    const once = {
      functionName: named('setup'),
      installLatestAwsSdk: false,
      logGroup: new LogGroup(this, 'Log', {
        logGroupName: `/aws/lambda/${named('setup')}`,
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
        ...(bucket.encryptionKey && { encryptionKey: bucket.encryptionKey }),
      }),
    };
    const put = new AwsCustomResource(this, 'Put', {
      ...once,
      onCreate: {
        service: 'S3',
        action: 'putObject',
        parameters: {
          Bucket: bucket.bucketName,
          Key: CONFIG_KEYS.settings,
          Body: JSON.stringify(settings, null, 2),
          ContentType: 'application/json',
          // An edit is never overwritten, not even by a stack that is made anew.
          IfNoneMatch: '*',
        },
        ignoreErrorCodesMatching: 'PreconditionFailed',
        outputPaths: [],
        physicalResourceId: PhysicalResourceId.of('first-settings'),
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(CONFIG_KEYS.settings)] }),
        ...(bucket.encryptionKey
          ? [new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [bucket.encryptionKey.keyArn] })]
          : []),
      ]),
    });
    const refresh = new AwsCustomResource(this, 'Refresh', {
      ...once,
      onCreate: {
        service: 'Lambda',
        action: 'invoke',
        parameters: { FunctionName: refreshIpRanges.function.functionName, InvocationType: 'Event' },
        outputPaths: [],
        physicalResourceId: PhysicalResourceId.of('first-ip-ranges'),
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [refreshIpRanges.function.functionArn] }),
      ]),
    });
    put.node.addDependency(config);
    refresh.node.addDependency(config, refreshIpRanges);
  }
}
