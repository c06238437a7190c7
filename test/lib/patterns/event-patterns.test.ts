import { hasEksTag } from '../../../lambda/detection/records/changes/change-readers';
import { isChangeAction } from '../../../lambda/detection/records/read-changes';
import { WORKLOAD_KINDS } from '../../../lambda/detection/kinds/all-kinds';
import { kindsWithoutRule, notCovered } from '../../../lib/member/coverage';
import {
  configChangePattern,
  forwardedPattern,
  forwardedTamperingPattern,
  hubPartsPattern,
  MAX_PATTERN_CHARACTERS,
  MAX_WILDCARD_RULES,
  observedPatterns,
  simulationPattern,
  tamperingPattern,
  trailObjectsPattern,
} from '../../../lib/patterns/event-patterns';
import { WORKLOADS } from '../../../lambda/detection/kinds/all-kinds';
import { CHANGE_ACTIONS, GRANT_ACTIONS } from '../../../lambda/detection/vocabulary';

const ACCOUNT = '111122223333';
const NARROW = { workloads: WORKLOADS, forwardAll: false, account: ACCOUNT };
const ALL = { ...NARROW, forwardAll: true };
const everyPattern = [
  ...observedPatterns(NARROW),
  ...observedPatterns(ALL),
  tamperingPattern(NARROW),
  hubPartsPattern(NARROW, { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab', trailBucket: 'a'.repeat(63) }),
  forwardedPattern(),
  forwardedTamperingPattern(),
  simulationPattern(NARROW),
  trailObjectsPattern('a'.repeat(63), `${'p'.repeat(200)}/`, ACCOUNT),
];

describe('event patterns', () => {
  test('there is one a kind of workload, except where no field of a call tells the kind', () => {
    const named = observedPatterns(NARROW).map(({ name }) => name);
    expect(named).toEqual([
      'ec2-instance',
      'ecs-task',
      'eks-pod',
      'lambda-function',
      'issuance',
      'principals',
      'network',
      'canary',
    ]);
    expect(kindsWithoutRule(NARROW)).toEqual(['service-session']);
    expect(kindsWithoutRule(ALL)).toEqual([]);
  });

  test('the kinds are those the judge knows', () => {
    expect([...WORKLOADS]).toEqual(WORKLOAD_KINDS.map(({ name }) => name));
  });

  test('a kind that is not wanted has no pattern and no issuer', () => {
    const [first, ...others] = observedPatterns({ ...NARROW, workloads: ['lambda-function'] });
    expect(first?.name).toBe('lambda-function');
    expect(others.map(({ name }) => name)).toEqual(['issuance', 'principals', 'network', 'canary']);
    expect(JSON.stringify(others)).not.toContain('ecs-tasks');
    expect(JSON.stringify(others)).toContain('edgelambda.amazonaws.com.cn');
  });

  test('forwardAll takes the place of the patterns by kind', () => {
    expect(observedPatterns(ALL).map(({ name }) => name)).toEqual([
      'all',
      'issuance',
      'principals',
      'network',
      'canary',
    ]);
  });

  test.each(everyPattern)('$name fits into a rule', ({ pattern }) => {
    expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(MAX_PATTERN_CHARACTERS);
  });

  test('no bus gets more rules with wildcards than EventBridge allows', () => {
    const wild = everyPattern.filter(({ pattern }) => JSON.stringify(pattern).includes('"wildcard"'));
    expect(wild.length).toBeLessThan(MAX_WILDCARD_RULES);
  });

  test.each(everyPattern)('$name names no partition, no Region and nobody else’s account', ({ pattern }) => {
    const text = JSON.stringify(pattern);
    expect(text).not.toMatch(/arn:aws|[a-z]{2}-[a-z]+-\d/);
    expect([...text.matchAll(/\b\d{12}\b/g)].map(([account]) => account)).toEqual(
      text.includes('"account"') ? [ACCOUNT] : [],
    );
  });

  test('only AWS and the sample of the hub account itself get through', () => {
    for (const { name, pattern } of everyPattern)
      expect(JSON.stringify(pattern['source'])).toBe(
        {
          simulation: '["credlock.simulation"]',
          trail: '["aws.s3"]',
          'hub-parts': '["aws.securityhub","aws.kms","aws.s3"]',
        }[name] ?? '[{"prefix":"aws."}]',
      );
    expect(simulationPattern(NARROW).pattern).toHaveProperty('account', [ACCOUNT]);
  });

  test('the network pattern has the names the readers know', () => {
    const network = JSON.stringify(observedPatterns(NARROW).find(({ name }) => name === 'network'));
    for (const name of CHANGE_ACTIONS) expect(network).toContain(`"${name}"`);
    expect(CHANGE_ACTIONS.every(isChangeAction)).toBe(true);
    expect(new Set(CHANGE_ACTIONS).size).toBe(CHANGE_ACTIONS.length);
  });

  test('the principals pattern has the names the readers know, each with its service', () => {
    const principals = observedPatterns(NARROW).find(({ name }) => name === 'principals');
    const choices = Object.entries(GRANT_ACTIONS).map(([service, eventName]) => ({
      eventSource: [{ prefix: `${service}.` }],
      eventName,
    }));
    expect(principals?.pattern['detail']).toMatchObject({ $or: choices });
  });

  test('tags that make an instance a node are let through, as the reader knows them', () => {
    const network = JSON.stringify(observedPatterns(NARROW).find(({ name }) => name === 'network'));
    for (const key of ['eks:cluster-name', 'aws:eks:cluster-name', 'alpha.eksctl.io/cluster-name']) {
      expect(hasEksTag([{ key }])).toBe(true);
      expect(network).toContain(`"${key}"`);
    }
    expect(hasEksTag([{ key: 'kubernetes.io/cluster/a' }])).toBe(true);
    expect(network).toContain('{"prefix":"kubernetes.io/cluster/"}');
  });

  test('the hub’s own account also sees what is done to its key, its trail’s bucket and Security Hub', () => {
    const text = JSON.stringify(hubPartsPattern(NARROW, { keyId: 'its-key', trailBucket: 'its-trail' }).pattern);
    const members = JSON.stringify(tamperingPattern(NARROW).pattern);
    for (const part of ['{"suffix":"its-key"}', '"its-trail"', 'DisableSecurityHub']) {
      expect(text).toContain(part);
      expect(members).not.toContain(part);
    }
    expect(JSON.stringify(hubPartsPattern(NARROW, {}).pattern)).not.toMatch(/"kms\.|suffix|bucketName/);
  });

  test('changes of the config bucket name the keys that are judged by', () => {
    expect(configChangePattern('credlock-config', ['settings.json'])).toMatchObject({
      detail: { bucket: { name: ['credlock-config'] }, object: { key: ['settings.json'] } },
    });
  });
});

describe('what is not covered', () => {
  test('narrow patterns leave calls out that no field tells', () => {
    const left = notCovered(NARROW);
    expect(left.map(({ workload }) => workload)).toEqual([
      'ecs-task',
      'eks-pod',
      'lambda-function',
      'service-session',
      'any',
      'any',
      'any',
    ]);
    expect(left.filter(({ seenBy }) => seenBy === 'forwardAll or trail mode')).toHaveLength(5);
  });

  test('only kinds that are wanted are missed', () => {
    expect(notCovered({ ...NARROW, workloads: ['ec2-instance'] }).map(({ workload }) => workload)).toEqual([
      'any',
      'any',
      'any',
    ]);
  });

  test('Regions without rules are said, unless a trail brings all of them', () => {
    const regions = ['eu-west-1', 'us-east-1'];
    expect(notCovered({ ...ALL, regions })[0]?.what).toBe('calls in Regions other than eu-west-1, us-east-1');
    expect(
      notCovered({ ...ALL, regions }, 'trail')
        .map(({ what }) => what)
        .join(),
    ).not.toContain('Regions');
  });

  test('forwardAll leaves what CloudTrail itself does not send, a trail only what it does not select', () => {
    expect(notCovered(ALL).map(({ seenBy }) => seenBy)).toEqual(['data events in the trail', 'trail mode']);
    expect(notCovered(NARROW, 'trail').map(({ seenBy }) => seenBy)).toEqual(['data events in the trail']);
  });
});
