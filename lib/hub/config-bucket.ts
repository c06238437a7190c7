import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { grantUseOfKey } from './grant-use-of-key';
import type { HandlerFunction } from './handler-function';
import { CONFIG_KEYS } from '../names';

export interface ConfigBucketProps {
  /**
   * Key that encrypts it.
   *
   * @default - a key of S3's own
   */
  readonly encryptionKey?: IKey;
}

/**
 * The bucket of the settings and of AWS's address ranges. Versioned, so that an edit can be taken back; tells EventBridge.
 * Survives its stack, hence no name of its own: CloudFormation begins the name with the stack's.
 */
export class ConfigBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: ConfigBucketProps = {}) {
    super(scope, id);
    const { encryptionKey } = props;
    this.bucket = new Bucket(this, 'Resource', {
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(365) }],
      ...(encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
    });
    // By CloudFormation's own property: CDK's method would have a function of its own do it, which may do so to any bucket.
    const { defaultChild } = this.bucket.node;
    if (defaultChild instanceof CfnBucket)
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** Lets a handler read what is judged by, and tells it where. */
  grantReadConfig(handler: HandlerFunction): Grant {
    handler.tell('configBucket', this.bucket.bucketName);
    handler.tell('settingsKey', CONFIG_KEYS.settings);
    handler.tell('ipRangesKey', CONFIG_KEYS.ipRanges);
    return this.#grantRead(handler, [CONFIG_KEYS.settings, `${CONFIG_KEYS.settings}.last-good`, CONFIG_KEYS.ipRanges]);
  }

  /** Lets `rejudge` keep the last good settings and the list of what would be said, and tells it where. */
  grantKeepRecords(handler: HandlerFunction): Grant {
    handler.tell('learningKey', CONFIG_KEYS.learning);
    return this.#grantWrite(handler, [`${CONFIG_KEYS.settings}.last-good`, CONFIG_KEYS.learning]);
  }

  /** Lets a handler read and replace the address ranges, and tells it where. */
  grantKeepIpRanges(handler: HandlerFunction): Grant {
    handler.tell('configBucket', this.bucket.bucketName);
    handler.tell('ipRangesKey', CONFIG_KEYS.ipRanges);
    return this.#grantRead(handler, [CONFIG_KEYS.ipRanges]).combine(this.#grantWrite(handler, [CONFIG_KEYS.ipRanges]));
  }

  /** Listing tells a missing object from a forbidden one. */
  #grantRead(handler: HandlerFunction, keys: readonly string[]): Grant {
    handler.allow(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    grantUseOfKey(this.bucket.encryptionKey, handler);
    return this.#grant(handler, 's3:GetObject', keys);
  }

  #grantWrite(handler: HandlerFunction, keys: readonly string[]): Grant {
    grantUseOfKey(this.bucket.encryptionKey, handler);
    return this.#grant(handler, 's3:PutObject', keys);
  }

  #grant(grantee: IGrantable, action: string, keys: readonly string[]): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [action],
      resourceArns: keys.map((key) => this.bucket.arnForObjects(key)),
    });
  }
}
