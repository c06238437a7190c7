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
   * Key that encrypts the bucket.
   *
   * @default - a key managed by S3
   */
  readonly encryptionKey?: IKey;
}

/**
 * The bucket of the settings and of AWS's address ranges: versioned, so that an edit can be reverted, with events to
 * EventBridge. It is retained when its stack is deleted and therefore has a generated name, which begins with the stack's.
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
    // CDK's `enableEventBridgeNotification` would add a function that may change the notifications of every bucket.
    const { defaultChild } = this.bucket.node;
    if (defaultChild instanceof CfnBucket)
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** Grants a handler reading of settings and address ranges, and sets its variables. */
  grantReadConfig(handler: HandlerFunction): Grant {
    handler.setVariable('configBucket', this.bucket.bucketName);
    handler.setVariable('settingsKey', CONFIG_KEYS.settings);
    handler.setVariable('ipRangesKey', CONFIG_KEYS.ipRanges);
    return this.grantReadDocuments(handler);
  }

  /** Grants reading of settings, their last good copy and address ranges. */
  grantReadDocuments(grantee: IGrantable): Grant {
    return this.#grantRead(grantee, [CONFIG_KEYS.settings, `${CONFIG_KEYS.settings}.last-good`, CONFIG_KEYS.ipRanges]);
  }

  /** Grants a handler writing of the last good settings and of the learn mode summary, and sets its variable. */
  grantWriteRecords(handler: HandlerFunction): Grant {
    handler.setVariable('learningKey', CONFIG_KEYS.learning);
    return this.#grantWrite(handler, [`${CONFIG_KEYS.settings}.last-good`, CONFIG_KEYS.learning]);
  }

  /** Grants a handler reading and replacing of the address ranges, and sets its variables. */
  grantReadWriteIpRanges(handler: HandlerFunction): Grant {
    handler.setVariable('configBucket', this.bucket.bucketName);
    handler.setVariable('ipRangesKey', CONFIG_KEYS.ipRanges);
    return this.#grantRead(handler, [CONFIG_KEYS.ipRanges]).combine(this.#grantWrite(handler, [CONFIG_KEYS.ipRanges]));
  }

  /** With permission to list, S3 answers 404 instead of 403 for a missing object. */
  #grantRead(grantee: IGrantable, keys: readonly string[]): Grant {
    const listing = new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] });
    grantee.grantPrincipal.addToPrincipalPolicy(listing);
    grantUseOfKey(this.bucket.encryptionKey, grantee);
    return this.#grant(grantee, 's3:GetObject', keys);
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
