import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { templateOnly } from './template-only';
import type { Construct } from 'constructs';
import { notCovered } from '../member/coverage';
import { DEFAULT_WORKLOADS } from '../../lambda/detection/kinds/all-kinds';
import { Member, type MemberSettings } from '../member/member';

export interface MemberStackProps extends StackProps, MemberSettings {}

/** The stack `credlock-member`: the member of one account and Region. It needs no bootstrapping, assets or parameters. */
export class MemberStack extends Stack {
  readonly member: Member;

  constructor(scope: Construct, id: string, props: MemberStackProps) {
    super(scope, id, {
      description: 'credlock: forwards CloudTrail events of workloads to the hub',
      synthesizer: templateOnly(),
      ...props,
    });
    this.member = new Member(this, 'Member', props);
    const { workloads = DEFAULT_WORKLOADS, forwardAll = false } = props;
    const gaps = notCovered({ workloads, forwardAll });
    new CfnOutput(this, 'NotCovered', { value: gaps.map(({ workload, what }) => `${workload}: ${what}`).join('; ') });
  }
}
