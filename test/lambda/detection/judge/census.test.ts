import { Census, type Place } from '../../../../lambda/detection/judge/census';

const at = (region: string | null, vpcId: string | null): Place => ({ region, vpcId });

describe('a census of workloads', () => {
  const census = new Census();
  for (const place of [
    at('eu', 'vpc-1'),
    at('eu', 'vpc-1'),
    at(null, 'vpc-1'),
    at('eu', 'vpc-2'),
    at('eu', null),
    at('us', null),
    at(null, null),
  ])
    census.add('account', place);
  census.add('another', at('eu', 'vpc-1'));

  it.each<[string, Place, number]>([
    ['all where nothing is known', at(null, null), 7],
    ['those of the Region, and of unknown Region', at('eu', null), 6],
    ['those of the Region only where all others are elsewhere', at('us', null), 3],
    ['those of the VPC, and of unknown VPC in its Region', at('eu', 'vpc-1'), 5],
    ['those of the VPC, and of unknown VPC, where its Region is unknown', at(null, 'vpc-1'), 6],
    ['those of unknown VPC for a VPC without workloads', at('us', 'vpc-9'), 2],
  ])('counts %s', (_, place, count) => {
    expect(census.near('account', place)).toBe(count);
  });

  it('counts each group for itself', () => {
    expect([census.near('another', at('eu', 'vpc-1')), census.near('none', at('eu', 'vpc-1'))]).toEqual([1, 0]);
  });
});
