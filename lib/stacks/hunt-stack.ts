import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Hunt, type HuntProps } from '../hunt/hunt';
import { HuntKey } from '../hunt/hunt-key';

export interface HuntStackProps extends StackProps, HuntProps {
  /**
   * Makes a customer managed key, `HuntKey`, for the work and the logs. It costs $1 a month.
   *
   * @default false
   */
  readonly customerKey?: boolean;
  /** ARN of an existing key for them; overrides `encryptionKey` and `customerKey`. @default - none */
  readonly encryptionKeyArn?: string;
}

/**
 * The stack `credlock-hunt`, in the Region of the trail's bucket. If the bucket belongs to another account, its policy must
 * allow the role of `credlock-hunt-read` to list and read it: the statements are an output.
 */
export class HuntStack extends Stack {
  readonly hunt: Hunt;

  constructor(scope: Construct, id: string, props: HuntStackProps) {
    super(scope, id, { description: 'credlock: looks for stolen credentials in all log files of a period', ...props });
    this.hunt = new Hunt(this, 'Hunt', { ...props, ...this.#encryption(props) });
    this.#output('HuntStateMachine', this.hunt.stateMachine.stateMachineArn);
    this.#output('HuntBucket', this.hunt.bucket.bucketName);
    this.#outputWhatEstimatesNeed(props);
    if (props.trail.bucketOwner !== this.account) this.#outputPolicy(props);
  }

  #encryption({
    encryptionKey,
    encryptionKeyArn: arn,
    customerKey = false,
  }: HuntStackProps): Pick<HuntProps, 'encryptionKey'> {
    if (arn !== undefined) return { encryptionKey: Key.fromKeyArn(this, 'GivenKey', arn) };
    if (encryptionKey) return { encryptionKey };
    return customerKey ? { encryptionKey: new HuntKey(this, 'Key').key } : {};
  }

  /** Options that are not given are not put out. */
  #outputWhatEstimatesNeed({ trail, judgeMegabytes, concurrency, workDays }: HuntStackProps): void {
    const values = {
      TrailBucket: trail.bucketName,
      TrailBucketOwner: trail.bucketOwner,
      TrailPrefix: trail.prefix,
      HuntMegabytes: judgeMegabytes,
      HuntConcurrency: concurrency,
      HuntWorkDays: workDays,
    };
    for (const [name, value] of Object.entries(values)) if (value !== undefined) this.#output(name, String(value));
  }

  #outputPolicy({ trail: { bucketName, prefix = '' } }: HuntStackProps): void {
    const bucketArn = `arn:${this.partition}:s3:::${bucketName}`;
    const principal = { AWS: this.hunt.readFunction.role?.roleArn };
    const statements = [
      { Effect: 'Allow', Principal: principal, Action: ['s3:ListBucket', 's3:GetBucketAcl'], Resource: bucketArn },
      { Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: `${bucketArn}/${prefix}AWSLogs/*` },
    ];
    this.#output('BucketPolicyStatements', this.toJsonString(statements));
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, `Output${name}`, { value }).overrideLogicalId(name);
  }
}
