import { patternsUnderTest } from '../../conformance/patterns/patterns-under-test';
import { ruleFaults } from '../../conformance/templates/check-templates';
import { holds } from '../../conformance/templates/conditions';

const ALL = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

describe('a rule as it was made', () => {
  const { pattern } = patternsUnderTest().find(({ name }) => name === 'ec2-instance')!;
  const rule = { name: 'default/credlock-ec2-instance', state: ALL, pattern };

  it('has a pattern that was checked, whatever account it is made in and the order of its keys', () => {
    expect(ruleFaults('single/credlock', rule)).toEqual([]);
    const turned = Object.fromEntries(Object.entries({ ...pattern, account: ['444455556666'] }).reverse());
    expect(ruleFaults('single/credlock', { ...rule, pattern: turned })).toEqual([]);
  });

  it('does not pass in a state in which calls that only read stay away', () => {
    expect(ruleFaults('single/credlock', { ...rule, state: 'ENABLED' })).toEqual([
      `moto: single/credlock: rule default/credlock-ec2-instance is ENABLED and not ${ALL}`,
    ]);
  });

  it('does not pass with a pattern that was never checked', () => {
    const wider = { ...rule, pattern: { source: [{ prefix: 'aws.' }] } };
    expect(ruleFaults('single/credlock', wider)).toEqual([
      expect.stringContaining('has a pattern that was never checked: {"source":[{"prefix":"aws."}]}'),
    ]);
  });

  it('is not looked at where it is about something else than calls', () => {
    const schedule = { name: 'default/credlock-watch', state: 'ENABLED', pattern: null };
    expect(ruleFaults('single/credlock', schedule)).toEqual([]);
  });
});

describe('conditions of templates', () => {
  const place = { account: '111122223333', region: 'eu-central-1' };
  const conditions = {
    Home: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
    Hub: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '111122223333'] },
    Away: { 'Fn::Not': [{ 'Fn::And': [{ Condition: 'Home' }, { Condition: 'Hub' }] }] },
    Either: { 'Fn::Or': [{ Condition: 'Away' }, { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws'] }] },
  };

  it.each([
    ['Home', place, true],
    ['Home', { ...place, region: 'us-east-1' }, false],
    ['Away', place, false],
    ['Away', { ...place, account: '444455556666' }, true],
    ['Either', place, true],
  ])('%s holds or not by where the stack is', (name, where, expected) => {
    expect(holds(conditions, name, where)).toBe(expected);
  });

  it('are refused where they are not understood', () => {
    expect(() => holds(conditions, 'Nowhere', place)).toThrow('the template has no condition Nowhere');
    expect(() => holds({ Odd: { 'Fn::If': [] } }, 'Odd', place)).toThrow('conditions with Fn::If are not known');
    expect(() => holds({ Odd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'x'] } }, 'Odd', place)).toThrow(
      'conditions on {"Ref":"Stage"} are not known',
    );
    expect(() => holds({ Odd: {} }, 'Odd', place)).toThrow('{} is no condition');
  });
});
