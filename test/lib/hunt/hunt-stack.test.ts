import { HUNT_STAGES } from '../../../lambda/hunt-names';
import { huntDefinition } from '../../../lib/hunt/hunt-definition';
import { buildApp, statementsOf, type BuiltApp, type StackTemplate, type Synthesis } from '../synthesis';

const TRAIL = ['trailBucketArn=arn:aws:s3:::example-org-trail', 'hubAccount=111122223333', 'hubRegion=eu-west-1'];
const OTHER_ACCOUNT = ['mode=trail', ...TRAIL, 'trailBucketOwner=444455556666', 'trailPrefix=logs/'];

let app: BuiltApp;
let without: Synthesis;
let asked: Synthesis;

beforeAll(() => {
  app = buildApp();
  without = app.synthesise(...OTHER_ACCOUNT);
  asked = app.synthesise(...OTHER_ACCOUNT, 'hunt=true');
});

afterAll(() => app.remove());

function ofType(template: StackTemplate, type: string) {
  return Object.values(template.Resources).filter(({ Type }) => Type === type);
}

describe('the stack of hunts', () => {
  test('is there where it is asked for, without findings of cdk-nag, and changes no other stack', () => {
    expect(asked.status).toBe(0);
    expect(asked.said).not.toMatch(/error|violation/i);
    for (const stack of ['credlock-hub', 'credlock-trail'])
      expect(asked.template(stack)).toEqual(without.template(stack));
    expect(() => without.template('credlock-hunt')).toThrow('no stack');
  });

  test('needs a trail', () => {
    const { status, said } = app.synthesise('mode=single', 'hunt=true');
    expect(status).not.toBe(0);
    expect(said).toContain('context key trailBucketArn must be given with hunt: the ARN of a bucket');
  });

  test('reads the trail by one role alone, and tells the bucket’s owner whose', () => {
    const template = asked.template('credlock-hunt');
    const reading = statementsOf(template).filter((one) =>
      JSON.stringify(one).includes('example-org-trail/logs/AWSLogs/*'),
    );
    expect(reading).toHaveLength(1);
    const output = JSON.stringify(template.Outputs?.['BucketPolicyStatements']);
    expect(output).toContain('s3:ListBucket');
    expect(output).toContain('logs/AWSLogs/*');
  });

  test('its roles have no actions with wildcards, and delete nothing', () => {
    const actions = statementsOf(asked.template('credlock-hunt')).flatMap(({ statement }) =>
      [statement.Action ?? []].flat(),
    );
    expect(actions.filter((action) => action.includes('*') || /Delete(?!LogDelivery)/.test(action))).toEqual([]);
  });

  test('work is encrypted, and deleted after some days; nothing runs by itself', () => {
    const template = asked.template('credlock-hunt');
    const [bucket] = ofType(template, 'AWS::S3::Bucket');
    expect(bucket?.Properties).toMatchObject({
      BucketEncryption: {},
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
    for (const type of ['AWS::Events::Rule', 'AWS::Scheduler::Schedule', 'AWS::Lambda::EventSourceMapping'])
      expect(ofType(template, type)).toEqual([]);
  });
});

describe('its state machine', () => {
  const definition = huntDefinition({
    partition: 'aws-cn',
    bucketName: 'work',
    readFunction: 'arn:read',
    judgeFunction: 'arn:judge',
    concurrency: 7,
  }) as { StartAt: string; States: Record<string, Record<string, unknown>> };

  test('plans, and runs the stages in their order, each child again where it fails', () => {
    const order = [definition.StartAt];
    for (const state of order) {
      const next = definition.States[state]?.['Next'];
      if (typeof next === 'string') order.push(next);
    }
    expect(order).toEqual(['plan', ...HUNT_STAGES.map(({ name }) => name)]);
    expect(JSON.stringify(definition).match(/"MaxAttempts":4/g)).toHaveLength(order.length);
  });

  test('only `plan` and `read` are run by the function that may read logs', () => {
    const functionOf = (name: string) => JSON.stringify(definition.States[name]).match(/arn:(?:read|judge)/g);
    expect(functionOf('plan')).toEqual(['arn:read']);
    expect(functionOf('read')).toEqual(['arn:read']);
    for (const { name } of HUNT_STAGES.slice(1)) expect(functionOf(name)).toEqual(['arn:judge']);
  });

  test('maps read their items from the work of the hunt, and no more children run at once than allowed', () => {
    expect(definition.States['judge']).toMatchObject({
      Type: 'Map',
      MaxConcurrency: 7,
      ItemReader: {
        Resource: 'arn:aws-cn:states:::s3:getObject',
        Parameters: { Bucket: 'work', 'Key.$': "States.Format('hunts/{}/plan/parts.json', $.hunt)" },
      },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
  });
});
