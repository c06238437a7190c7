import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { templateOnly } from './template-only';
import type { Construct } from 'constructs';
import { notCovered } from '../member/coverage';
import { DEFAULT_WORKLOADS } from '../../lambda/detection/kinds/all-kinds';
import { Member, type MemberSettings } from '../member/member';

export interface MemberStackProps extends StackProps, MemberSettings {}

/** `credlock-member`: one account and Region. Needs no bootstrapping, no assets and no parameters. */
export class MemberStack extends Stack {
  readonly member: Member;

  constructor(scope: Construct, id: string, props: MemberStackProps) {
    super(scope, id, {
      description: 'credlock: forwards calls of workloads to the hub',
      synthesizer: templateOnly(),
      ...props,
    });
    this.member = new Member(this, 'Member', props);
    const { workloads = DEFAULT_WORKLOADS, forwardAll = false } = props;
    const missed = notCovered({ workloads, forwardAll });
    new CfnOutput(this, 'NotCovered', { value: missed.map(({ workload, what }) => `${workload}: ${what}`).join('; ') });
  }
}
