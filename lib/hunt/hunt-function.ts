import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ENV } from '../../lambda/environment';
import { grantUseOfKey } from '../hub/grant-use-of-key';
import { handlerCode } from '../hub/handler-code';
import { named } from '../names';

export interface HuntFunctionProps {
  /** Last part of its name. */
  readonly part: string;
  readonly description: string;
  readonly megabytes: number;
  /** Of the work. */
  readonly bucket: Bucket;
  /** Keys of objects that it may write, besides reading all of hunts. @default those that it may read */
  readonly writes?: string;
  readonly logs: LogGroupProps;
  /** Key of the work, the logs and the variables. */
  readonly encryptionKey: IKey | undefined;
}

/** A function of hunts, with a log and a role of its own, which may read the work of hunts. */
export function huntFunction(
  scope: Construct,
  { part, description, megabytes, bucket, writes, logs, encryptionKey }: HuntFunctionProps,
): LambdaFunction {
  const name = named(`hunt-${part}`);
  const logGroup = new LogGroup(scope, `${part}-log`, { logGroupName: `/aws/lambda/${name}`, ...logs });
  const role = new Role(scope, `${part}-role`, {
    roleName: name,
    description: `credlock: ${description}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  grantUseOfKey(encryptionKey, role);
  const allow = (actions: string[], resource: string): void =>
    void role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  allow(['s3:ListBucket'], bucket.bucketArn);
  const work = bucket.arnForObjects('hunts/*');
  if (writes === undefined) allow(['s3:GetObject', 's3:PutObject'], work);
  else {
    allow(['s3:GetObject'], work);
    allow(['s3:PutObject'], bucket.arnForObjects(writes));
  }
  return new LambdaFunction(scope, part, {
    functionName: name,
    description: `credlock: ${description}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: handlerCode('hunt'),
    role,
    logGroup,
    timeout: Duration.minutes(15),
    memorySize: megabytes,
    ...(encryptionKey && { environmentEncryption: encryptionKey }),
    environment: { [ENV.huntBucket]: bucket.bucketName, [ENV.hubAccount]: Stack.of(scope).account },
  });
}
