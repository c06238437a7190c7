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
  /** Retention of its log. */
  readonly logRetention: RetentionDays;
  /**
   * Key that encrypts the log and the environment variables.
   *
   * @default - keys owned by AWS
   */
  readonly encryptionKey?: IKey;
}

/** One of credlock's handlers: its function, its log and a role with only the permissions it is granted. */
export class HandlerFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;
  readonly handler: DeployedHandler;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { handler, logRetention, encryptionKey } = props;
    const { folder, description, seconds, megabytes } = HANDLERS[handler];
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
      description: `credlock: ${description}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Resource', {
      functionName: name,
      description: `credlock: ${description}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: handlerCode(folder),
      role: this.role,
      logGroup: this.logGroup,
      timeout: Duration.seconds(seconds),
      memorySize: megabytes,
      // Asynchronous invocations come from schedules and S3 events; the next one repeats the work.
      retryAttempts: 1,
      ...(encryptionKey && { environmentEncryption: encryptionKey }),
    });
    this.grantPrincipal = this.role;
    this.setVariable('hubAccount', Stack.of(this).account);
  }

  /**
   * Sets an environment variable.
   *
   * @internal
   */
  setVariable(variable: Variable, value: string): void {
    if (variable === 'hubRegion') throw new Error(`${ENV.hubRegion} is set by Lambda`);
    this.function.addEnvironment(ENV[variable], value);
  }

  /**
   * Adds permissions to the role.
   *
   * @internal
   */
  allow(...statements: PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPolicy(statement);
  }

  /** A metric that the handler emits, by default as a sum over five minutes. */
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
