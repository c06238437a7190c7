import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AUDIT_LOG } from '../../lambda/detection/vocabulary';
import { acknowledgeWildcards } from '../acknowledgements';
import { NAMES } from '../names';
import { policy } from '../policy';
import { grantUseOfKey, KEY_OPERATIONS } from './grant-use-of-key';
import type { HandlerFunction } from './handler-function';

export interface AuditLogIntakeProps {
  /**
   * Id of the organisation whose log groups may be delivered.
   *
   * @default - only those of the hub's own account
   */
  readonly organizationId?: string;
  /**
   * Key that encrypts the stream and the bucket.
   *
   * @default - keys owned by AWS
   */
  readonly encryptionKey?: IKey;
}

/** Objects outlive a weekend's outage of what reads them; the records themselves stay in CloudWatch Logs. */
const KEEP_DAYS = 3;

/** Objects of 64 MB or a minute. */
const BUFFERING = { sizeInMBs: 64, intervalInSeconds: 60 };

/**
 * Where audit records of clusters arrive: a delivery stream, to which the destinations of all Regions write, and a bucket in
 * which it puts what CloudWatch Logs sent as it is (gzip), for three days.
 */
export class AuditLogIntake extends Construct {
  readonly bucket: Bucket;
  readonly stream: CfnDeliveryStream;
  /** The role that destinations give CloudWatch Logs. */
  readonly destinationRole: CfnRole;

  constructor(scope: Construct, id: string, props: AuditLogIntakeProps = {}) {
    super(scope, id);
    const { encryptionKey } = props;
    this.bucket = this.#bucket(encryptionKey);
    this.stream = this.#stream(encryptionKey);
    this.destinationRole = this.#destinationRole(props);
  }

  /** Grants a handler reading of the objects, and sets its variable. */
  grantRead(handler: HandlerFunction): void {
    handler.setVariable('auditBucket', this.bucket.bucketName);
    const objects = this.bucket.arnForObjects(`${AUDIT_LOG.prefix}*`);
    acknowledgeWildcards(handler.role, [objects], 'Reads the objects of one bucket.');
    handler.allow(new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }));
    grantUseOfKey(this.bucket.encryptionKey, handler);
  }

  /** Seconds since the oldest record that the stream has not written to the bucket. */
  metricUnwritten(): Metric {
    return new Metric({
      namespace: 'AWS/Firehose',
      metricName: 'DeliveryToS3.DataFreshness',
      dimensionsMap: { DeliveryStreamName: NAMES.auditStream },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
  }

  #bucket(encryptionKey: IKey | undefined): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { expiration: Duration.days(KEEP_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(KEEP_DAYS) },
      ],
      ...(encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
    });
    const { defaultChild } = bucket.node;
    if (defaultChild instanceof CfnBucket)
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    return bucket;
  }

  #stream(encryptionKey: IKey | undefined): CfnDeliveryStream {
    const role = this.#streamRole(encryptionKey);
    return new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamName: NAMES.auditStream,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: encryptionKey
        ? { keyType: 'CUSTOMER_MANAGED_CMK', keyArn: encryptionKey.keyArn }
        : { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.attrArn,
        prefix: AUDIT_LOG.prefix,
        errorOutputPrefix: 'undelivered/',
        bufferingHints: BUFFERING,
        compressionFormat: 'UNCOMPRESSED',
      },
    });
  }

  #streamRole(encryptionKey: IKey | undefined): CfnRole {
    const { account } = Stack.of(this);
    const { bucketArn } = this.bucket;
    const ofBucket = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'];
    const objects = [`${bucketArn}/${AUDIT_LOG.prefix}*`, `${bucketArn}/undelivered/*`];
    const role = new CfnRole(this, 'StreamRole', {
      roleName: NAMES.streamRole,
      description: 'credlock: lets Firehose write audit records to their bucket',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'firehose.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      policies: [
        {
          policyName: 'write',
          policyDocument: policy(
            { Effect: 'Allow', Action: ofBucket, Resource: bucketArn },
            {
              Effect: 'Allow',
              Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
              Resource: objects,
            },
            ...(encryptionKey
              ? [{ Effect: 'Allow', Action: [...KEY_OPERATIONS], Resource: encryptionKey.keyArn }]
              : []),
          ),
        },
      ],
    });
    acknowledgeWildcards(role, objects, 'Writes the objects of one bucket.');
    return role;
  }

  /** CloudWatch Logs assumes it for the log groups of other accounts, and when a destination is made. */
  #destinationRole({ organizationId }: AuditLogIntakeProps): CfnRole {
    const { account } = Stack.of(this);
    return new CfnRole(this, 'DestinationRole', {
      roleName: NAMES.destinationRole,
      description: 'credlock: lets CloudWatch Logs write audit records to their stream',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'logs.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals:
            organizationId === undefined ? { 'aws:SourceAccount': account } : { 'aws:SourceOrgID': organizationId },
        },
      }),
      policies: [
        {
          policyName: 'write',
          policyDocument: policy({
            Effect: 'Allow',
            Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
            Resource: this.stream.attrArn,
          }),
        },
      ],
    });
  }
}
