import { clusterKey, clusterOfLogGroup, parseClusterArn, UNKNOWN_CLUSTER } from '../../../lambda/kubernetes/cluster';

describe('parseClusterArn', () => {
  test.each([
    'arn:aws:eks:eu-west-1:111122223333:cluster/demo',
    'arn:aws-cn:eks:cn-north-1:111122223333:cluster/Shop_1-blue',
    'arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/0',
  ])('reads %s, and clusterKey writes it again', (arn) => {
    const read = parseClusterArn(arn);

    expect('value' in read && clusterKey(read.value)).toBe(arn);
  });

  test.each([
    'demo',
    'arn:aws:eks:eu-west-1:111122223333:nodegroup/demo/a/b',
    'arn:aws:eks:eu-west-1:1111:cluster/demo',
    'arn:aws:eks::111122223333:cluster/demo',
    'arn:aws:eks:eu-west-1:111122223333:cluster/',
    'arn:aws:eks:eu-west-1:111122223333:cluster/demo\n',
  ])('names %j and the form that is allowed', (text) => {
    expect(parseClusterArn(text)).toEqual({
      faults: [`"${text}" is no ARN of a cluster, like arn:aws:eks:eu-west-1:111122223333:cluster/demo`],
    });
  });
});

test('clusterKey leaves unknown parts empty', () => {
  expect(clusterKey(UNKNOWN_CLUSTER)).toBe('arn:aws:eks:::cluster/');
});

test.each([
  ['/aws/eks/demo/cluster', 'demo'],
  ['/aws/eks/demo/cluster/', null],
  ['/aws/eks/../cluster', null],
  ['/aws/lambda/demo', null],
  ['x/aws/eks/demo/cluster', null],
])('clusterOfLogGroup(%j) is %j', (group, name) => {
  expect(clusterOfLogGroup(group)).toBe(name);
});
