import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { TABLE_KEYS } from '../../lambda/environment';
import type { HandlerFunction } from './handler-function';
import { grantUseOfKey } from './grant-use-of-key';

export interface LockTableProps {
  /**
   * Key that encrypts the table.
   *
   * @default - the AWS managed key of DynamoDB
   */
  readonly encryptionKey?: IKey;
}

/**
 * The lock table: on-demand capacity, point-in-time recovery, TTL. It is retained when its stack is deleted and therefore
 * has a generated name, which begins with the stack's.
 */
export class LockTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: LockTableProps = {}) {
    super(scope, id);
    const { encryptionKey } = props;
    this.table = new Table(this, 'Resource', {
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE_KEYS.expires,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(encryptionKey
        ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }
        : { encryption: TableEncryption.AWS_MANAGED }),
    });
  }

  /** Grants a handler reading and writing of items, and sets its variable. */
  grantReadWrite(handler: HandlerFunction): Grant {
    handler.setVariable('lockTable', this.table.tableName);
    return this.grantReadWriteItems(handler);
  }

  /** Grants reading and writing of items, without deleting and scanning. */
  grantReadWriteItems(grantee: IGrantable): Grant {
    grantUseOfKey(this.table.encryptionKey, grantee);
    return this.table.grant(
      grantee,
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
  }
}
