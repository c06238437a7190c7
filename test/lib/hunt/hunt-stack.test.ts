import { HUNT_STAGES, WORK_FOLDERS, type HuntOutput } from '../../../lambda/hunt-names';
import { huntDefinition } from '../../../lib/hunt/hunt-definition';
import { all, buildApp, statementsOf, type BuiltApp, type StackTemplate, type Synthesis } from '../synthesis';

const TRAIL = ['trailBucketArn=arn:aws:s3:::example-org-trail', 'hubAccount=111122223333', 'hubRegion=eu-west-1'];
const OTHER_ACCOUNT = ['mode=trail', ...TRAIL, 'trailBucketOwner=444455556666', 'trailPrefix=logs/'];

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OWN = [
  `huntKeyArn=${KEY}`,
  'huntWorkDays=7',
  'huntRemovalPolicy=destroy',
  'huntTags={"cost-center":"security"}',
  'huntMegabytes=10240',
  'huntConcurrency=1000',
  'logRetentionDays=365',
];

interface Deny {
  readonly Sid: string;
  readonly Resource: readonly unknown[];
  readonly Condition: { readonly ArnNotEquals: { readonly 'aws:PrincipalArn': readonly unknown[] } };
}

let app: BuiltApp;
let without: Synthesis;
let asked: Synthesis;
let own: Synthesis;

beforeAll(() => {
  app = buildApp();
  without = app.synthesise(...OTHER_ACCOUNT);
  asked = app.synthesise(...OTHER_ACCOUNT, 'hunt=true');
  own = app.synthesise(...OTHER_ACCOUNT, 'hunt=true', ...OWN);
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

  test('puts out what estimates need', () => {
    const outputs = asked.template('credlock-hunt').Outputs;
    expect(outputs).toMatchObject({
      TrailBucket: { Value: 'example-org-trail' },
      TrailBucketOwner: { Value: '444455556666' },
      TrailPrefix: { Value: 'logs/' },
    });
    expect(outputs?.['HuntConcurrency']).toBeUndefined();
  });

  test('its work is written by its functions alone, however others may write into the bucket', () => {
    const template = app.synthesise(...OTHER_ACCOUNT, 'hunt=true', 'huntPublish=true').template('credlock-hunt');
    const [policy] = ofType(template, 'AWS::S3::BucketPolicy');
    const document = policy?.Properties?.['PolicyDocument'] as { Statement: Deny[] } | undefined;
    const deny = document?.Statement.find(({ Sid }) => Sid === 'OnlyHuntsWriteTheirWork');
    expect(deny).toMatchObject({ Effect: 'Deny', Action: ['s3:PutObject', 's3:ReplicateObject'] });
    const resources = deny?.Resource.map((arn) => JSON.stringify(arn).replace(/.*"(\/[^"]*)".*/, '$1'));
    expect(resources).toEqual(WORK_FOLDERS.map((folder) => `/hunts/*/${folder}/*`).toSorted());
    const roles = ofType(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties?.['Role']);
    expect(roles.length).toBeGreaterThan(2);
    expect(deny?.Condition.ArnNotEquals['aws:PrincipalArn']).toEqual(expect.arrayContaining(roles));
    const writers = statementsOf(template).filter(
      ({ statement: { Action: actions, Resource: resource } }) =>
        all(actions ?? []).includes('s3:PutObject') && JSON.stringify(resource).includes('/hunts/'),
    );
    expect(writers).toHaveLength(roles.length);
    expect(deny?.Condition.ArnNotEquals['aws:PrincipalArn']).toHaveLength(roles.length);
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

describe('its options', () => {
  const of = (type: string) => ofType(own.template('credlock-hunt'), type);

  test('are accepted by cdk-nag', () => {
    expect(own.status).toBe(0);
    expect(own.said).not.toMatch(/error|violation/i);
  });

  test('a key of one’s own encrypts the work, all logs and the variables, and all roles may use it', () => {
    const [bucket] = of('AWS::S3::Bucket');
    expect(bucket?.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { KMSMasterKeyID: KEY, SSEAlgorithm: 'aws:kms' } },
        ],
      },
    });
    expect(of('AWS::Logs::LogGroup')).toHaveLength(3);
    for (const { Properties } of of('AWS::Logs::LogGroup'))
      expect(Properties).toMatchObject({ KmsKeyId: KEY, RetentionInDays: 365 });
    for (const { Properties } of of('AWS::Lambda::Function')) expect(Properties).toMatchObject({ KmsKeyArn: KEY });
    const users = statementsOf(own.template('credlock-hunt')).filter(({ statement }) => statement.Resource === KEY);
    expect(users).toHaveLength(3);
    expect(of('AWS::KMS::Key')).toEqual([]);
  });

  test('work is kept as long as asked, and its bucket goes with the stack', () => {
    const [bucket] = of('AWS::S3::Bucket');
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7 }] } },
    });
    const [kept] = ofType(asked.template('credlock-hunt'), 'AWS::S3::Bucket');
    expect(kept).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  test('every resource that can have tags has them', () => {
    const tagged = { Tags: expect.arrayContaining([{ Key: 'cost-center', Value: 'security' }]) };
    for (const type of ['S3::Bucket', 'Logs::LogGroup', 'IAM::Role', 'Lambda::Function', 'StepFunctions::StateMachine'])
      for (const { Properties } of of(`AWS::${type}`)) expect(Properties).toMatchObject(tagged);
  });

  test('memory and children at a time are those asked for', () => {
    expect(of('AWS::Lambda::Function').map(({ Properties }) => Properties?.['MemorySize'])).toContain(10_240);
    const [machine] = of('AWS::StepFunctions::StateMachine');
    expect(JSON.stringify(machine?.Properties)).toContain('\\"MaxConcurrency\\":1000');
    expect(own.template('credlock-hunt').Outputs).toMatchObject({ HuntConcurrency: { Value: '1000' } });
  });

  test('`customerKey` makes a key that only its logs and roles may use', () => {
    const made = app.synthesise(...OTHER_ACCOUNT, 'hunt=true', 'customerKey=true');
    expect(made.said).not.toMatch(/error|violation/i);
    const [key] = ofType(made.template('credlock-hunt'), 'AWS::KMS::Key');
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
    const logs = JSON.stringify(key?.Properties);
    expect(logs).toContain('log-group:/aws/lambda/credlock-hunt-*');
    expect(logs).toContain('log-group:/aws/vendedlogs/states/credlock-hunt*');
  });

  test('are refused without hunts', () => {
    const { status, said } = app.synthesise(...OTHER_ACCOUNT, 'huntWorkDays=7');
    expect(status).not.toBe(0);
    expect(said).toContain('context key huntWorkDays must be given with hunt=true');
  });

  test('are refused where they are not valid', () => {
    const { said } = app.synthesise(...OTHER_ACCOUNT, 'hunt=true', 'huntWorkDays=0', 'huntTags=[1]', 'huntMegabytes=x');
    expect(said).toContain('context key huntWorkDays must be a whole number from 1 to 3650, got "0"');
    expect(said).toContain('context key huntTags must be tags as JSON, like {"cost-center": "security"}, got "[1]"');
    expect(said).toContain('context key huntMegabytes must be a whole number from 1024 to 10240, got "x"');
  });
});

describe('outputs', () => {
  const published = () => app.synthesise(...OTHER_ACCOUNT, 'hunt=true', 'huntPublish=true', 'customerKey=true');
  const stored = () => app.synthesise(...OTHER_ACCOUNT, 'hunt=true', 'huntStoreFacts=true');
  const unpublished = () => app.synthesise(...OTHER_ACCOUNT, 'hunt=true', 'huntPublish=false', 'customerKey=true');

  test('publishing is granted to a function of its own: reading the table, writing findings of hunts, sending to one queue', () => {
    const { said, template } = published();
    expect(said).not.toMatch(/error|violation/i);
    const granted = statementsOf(template('credlock-hunt'))
      .filter(({ of }) => of.startsWith('Huntpublishrole'))
      .map(({ statement }) => statement);
    expect(granted).toMatchObject([
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] },
      { Action: expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']) },
      { Action: 's3:ListBucket' },
      { Action: 's3:GetObject' },
      { Action: 's3:PutObject' },
      { Action: 'dynamodb:BatchGetItem' },
      {
        Action: ['dynamodb:PutItem', 'dynamodb:Query'],
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['past#*'] } },
      },
      { Action: 'sqs:SendMessage' },
    ]);
    expect(JSON.stringify(granted[4]?.Resource)).toContain('/hunts/*/outputs/*');
    for (const { Resource } of granted.slice(5)) expect(JSON.stringify(Resource)).toContain('Fn::ImportValue');
    const publishing = ofType(template('credlock-hunt'), 'AWS::Lambda::Function').find(
      ({ Properties }) => Properties?.['FunctionName'] === 'credlock-hunt-publish',
    );
    const variables = { CREDLOCK_LOCK_TABLE: expect.anything(), CREDLOCK_PUBLISHING_QUEUE_URL: expect.anything() };
    expect(publishing?.Properties).toMatchObject({ Environment: { Variables: variables } });
  });

  test('let the function that plans read the deployment’s settings and ranges, and no other may do more', () => {
    const before = statementsOf(unpublished().template('credlock-hunt')).map(({ of, statement }) =>
      JSON.stringify({ of, statement }),
    );
    const added = statementsOf(published().template('credlock-hunt')).filter(
      (one) => !one.of.startsWith('Huntpublishrole') && !before.includes(JSON.stringify(one)),
    );
    expect(added.map(({ of, statement: { Action } }) => [of.replace(/DefaultPolicy.*/, ''), Action])).toEqual([
      ['Huntreadrole', expect.arrayContaining(['kms:Decrypt'])],
      ['Huntreadrole', 's3:ListBucket'],
      ['Huntreadrole', 's3:GetObject'],
      ['HuntRole', 'lambda:InvokeFunction'],
    ]);
    const reads = JSON.stringify(added[2]?.statement.Resource);
    for (const name of ['/settings.json"', '/settings.json.last-good"', '/ip-ranges.json"'])
      expect(reads).toContain(name);
  });

  test('let the function that stores facts read the table, and write no findings, heartbeats or canaries', () => {
    const granted = statementsOf(stored().template('credlock-hunt'))
      .filter(({ of }) => of.startsWith('Huntstorerole'))
      .map(({ statement }) => statement);
    expect(stored().said).not.toMatch(/error|violation/i);
    const [reading, writing] = granted.filter(({ Action }) => JSON.stringify(Action).includes('dynamodb'));
    expect(reading).toMatchObject({ Action: ['dynamodb:BatchGetItem', 'dynamodb:Query'] });
    expect(writing).toMatchObject({ Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'] });
    const keys = JSON.stringify(writing?.Condition);
    for (const start of ['"workload#*"', '"accounts"', '"subscribers#*"']) expect(keys).toContain(start);
    expect(keys).not.toMatch(/finding|suspects|past|heartbeats|canaries|tampering/);
    const others = statementsOf(stored().template('credlock-hunt')).filter(({ of }) => of.startsWith('Huntpublish'));
    expect(others).toEqual([]);
  });

  test('change nothing of the hub but that it exports names', () => {
    const [hub, before] = [published(), unpublished()].map(({ template }) => template('credlock-hub'));
    expect(hub?.Resources).toEqual(before?.Resources);
    const exported = Object.keys(hub?.Outputs ?? {}).filter((name) => !(name in (before?.Outputs ?? {})));
    expect(exported.every((name) => name.startsWith('ExportsOutput'))).toBe(true);
    expect(exported.length).toBeGreaterThan(0);
  });

  test('are not without being asked for', () => {
    expect(JSON.stringify(asked.template('credlock-hunt'))).not.toMatch(/dynamodb|sqs/);
  });
});

describe('its state machine', () => {
  const definition = huntDefinition({
    partition: 'aws-cn',
    bucketName: 'work',
    readFunction: 'arn:read',
    judgeFunction: 'arn:judge',
    concurrency: 7,
    workDays: 3,
    outputFunctions: {},
  }) as { StartAt: string; States: Record<string, Record<string, unknown>> };

  test('plans, and runs the stages in their order, each child again where it fails', () => {
    const order = [definition.StartAt];
    for (const state of order) {
      const next = definition.States[state]?.['Next'];
      if (typeof next === 'string') order.push(next);
    }
    expect(order).toEqual(['plan', ...HUNT_STAGES.map(({ name }) => name)]);
    expect(JSON.stringify(definition).match(/"MaxAttempts":4/g)).toHaveLength(order.length);
    expect(definition.States['plan']).toMatchObject({
      Parameters: { Payload: { workDays: 3 } },
      Retry: [{ ErrorEquals: expect.arrayContaining(['WorkExpired']), MaxAttempts: 0 }, {}],
    });
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

describe('its state machine with outputs', () => {
  const definitionWith = (...outputs: HuntOutput[]) =>
    huntDefinition({
      partition: 'aws',
      bucketName: 'work',
      readFunction: 'arn:read',
      judgeFunction: 'arn:judge',
      concurrency: 200,
      workDays: 30,
      outputFunctions: Object.fromEntries(outputs.map((output) => [output, `arn:${output}`])),
    }) as { States: Record<string, Record<string, unknown>> };

  test('tells the plan which there are, and goes on with them after the report', () => {
    const { States: states } = definitionWith('publish', 'store');
    expect(states['plan']).toMatchObject({ Parameters: { Payload: { outputs: ['publish', 'store'] } } });
    expect(states['report']).toMatchObject({ Next: 'publish' });
    expect(states['publish']).toMatchObject({ Parameters: { FunctionName: 'arn:publish' }, Next: 'store-network' });
    expect(definitionWith('publish').States['publish']).toMatchObject({ End: true });
    expect(definitionWith('store').States['report']).toMatchObject({ Next: 'store-network' });
  });

  test('stores facts by few children at a time, each called until it is done, and none where that is not asked for', () => {
    const { States: states } = definitionWith('store');
    expect(states['store-network']).toMatchObject({ ResultPath: '$.stored', Next: 'store-network-again' });
    expect(states['store-network-again']).toEqual({
      Type: 'Choice',
      Choices: [
        { Variable: '$.stored.isDone', BooleanEquals: false, Next: 'store-network' },
        { Variable: '$.stored.isAsked', BooleanEquals: false, Next: 'not-asked' },
      ],
      Default: 'store-facts',
    });
    expect(states['not-asked']).toEqual({ Type: 'Succeed' });
    expect(states['store-facts']).toMatchObject({
      MaxConcurrency: 5,
      ItemProcessor: {
        StartAt: 'store-facts-child',
        States: {
          'store-facts-child': { Parameters: { FunctionName: 'arn:store' }, Next: 'store-facts-child-again' },
          'store-facts-child-again': {
            Choices: [{ Variable: '$.stored.isDone', BooleanEquals: false, Next: 'store-facts-child' }],
            Default: 'stored',
          },
          stored: { Type: 'Succeed' },
        },
      },
    });
  });
});
