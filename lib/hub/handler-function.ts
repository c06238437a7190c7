import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal, type IGrantable, type IPrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV, METRIC_NAMESPACE, type Variable } from '../../lambda/environment';
import { handlerCode } from './handler-code';
import { HANDLERS, type DeployedHandler } from './handlers';
import { named } from '../names';

export interface HandlerFunctionProps {
  readonly handler: DeployedHandler;
  /** How long its log is kept. */
  readonly logRetention: RetentionDays;
  /**
   * Key that encrypts the log and the variables.
   *
   * @default - keys of CloudWatch Logs' and Lambda's own
   */
  readonly encryptionKey?: IKey;
}

/** One handler of credlock: its function, its log and a role that may do nothing else than it is granted. */
export class HandlerFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;
  readonly handler: DeployedHandler;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { handler, logRetention, encryptionKey } = props;
    const { folder, does, seconds, megabytes } = HANDLERS[handler];
    const name = named(folder);
    this.handler = handler;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${name}`,
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    this.role = new Role(this, 'Role', {
      roleName: name,
      description: `credlock: ${does}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Resource', {
      functionName: name,
      description: `credlock: ${does}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: handlerCode(folder),
      role: this.role,
      logGroup: this.logGroup,
      timeout: Duration.seconds(seconds),
      memorySize: megabytes,
      // What is asynchronous is a schedule's or S3's: the next one does the same again.
      retryAttempts: 1,
      ...(encryptionKey && { environmentEncryption: encryptionKey }),
    });
    this.grantPrincipal = this.role;
    this.tell('hubAccount', Stack.of(this).account);
  }

  /**
   * Sets the variable by which the handler knows something it was granted.
   *
   * @internal
   */
  tell(variable: Variable, value: string): void {
    if (variable === 'hubRegion') throw new Error(`${ENV.hubRegion} is set by Lambda`);
    this.function.addEnvironment(ENV[variable], value);
  }

  /**
   * Permissions beyond what other constructs grant.
   *
   * @internal
   */
  allow(...statements: PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPolicy(statement);
  }

  /** A metric that the handler itself emits, summed up. */
  metric(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.handler },
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
  }
}
