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
   * Key that encrypts it.
   *
   * @default - AWS's own key for DynamoDB
   */
  readonly encryptionKey?: IKey;
}

/**
 * The lock table: on demand, with point-in-time recovery; facts leave it by TTL. Survives its stack, hence
 * no name of its own: a stack that is made anew makes a new one. CloudFormation begins the name with the stack's.
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

  /** Lets a handler store and read items, and tells it where. */
  grantKeep(handler: HandlerFunction): Grant {
    handler.tell('lockTable', this.table.tableName);
    return this.grantItems(handler);
  }

  /** Lets somebody store and read items: never delete, never scan. */
  grantItems(grantee: IGrantable): Grant {
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
