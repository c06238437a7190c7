import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CfnStackSet } from 'aws-cdk-lib/aws-cloudformation';
import { Construct } from 'constructs';
import type { MemberSettings } from '../member/member';
import { MemberStack } from './member-stack';
import { NAMES, STACKS } from '../names';

export interface OrganizationStackSetProps extends MemberSettings {
  /** Ids of organisational units (`ou-…`), or of the root (`r-…`) for the whole organisation. */
  readonly targetOus: readonly string[];
  /** Regions of the members. */
  readonly regions: readonly string[];
  /**
   * The account that deploys it: the management account or a delegated administrator of CloudFormation StackSets.
   *
   * @default management
   */
  readonly caller?: 'management' | 'delegated-admin';
}

/** Maximum size in bytes of a template inside another one (a CloudFormation quota). */
export const MAX_TEMPLATE_BYTES = 51_200;

/**
 * Deploys the member template to the current and future accounts of an organisation. CloudFormation leaves out the
 * management account, which needs its own `MemberStack`s.
 */
export class OrganizationStackSet extends Construct {
  readonly stackSet: CfnStackSet;

  constructor(scope: Construct, id: string, props: OrganizationStackSetProps) {
    super(scope, id);
    const { targetOus, regions, caller = 'management' } = props;
    this.stackSet = new CfnStackSet(this, 'Resource', {
      stackSetName: NAMES.stackSet,
      description: 'credlock: forwards CloudTrail events of workloads to the hub',
      permissionModel: 'SERVICE_MANAGED',
      callAs: caller === 'management' ? 'SELF' : 'DELEGATED_ADMIN',
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      managedExecution: { Active: true },
      capabilities: ['CAPABILITY_NAMED_IAM'],
      // A failure in one account does not stop the others.
      operationPreferences: {
        failureTolerancePercentage: 100,
        maxConcurrentPercentage: 100,
        regionConcurrencyType: 'PARALLEL',
      },
      stackInstancesGroup: [{ deploymentTargets: { organizationalUnitIds: [...targetOus] }, regions: [...regions] }],
      templateBody: memberTemplate(props),
    });
  }
}

/** The member template as JSON, independent of account and Region. Throws if it is too large for a StackSet. */
export function memberTemplate(settings: MemberSettings): string {
  const outdir = mkdtempSync(join(tmpdir(), 'credlock-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    // The settings may carry stack properties, which belong to the enclosing stack.
    new MemberStack(app, STACKS.member, { ...settings, env: {}, stackName: STACKS.member, tags: {} });
    const template: unknown = app.synth().getStackByName(STACKS.member).template;
    const text = JSON.stringify(template);
    const bytes = Buffer.byteLength(text);
    if (bytes <= MAX_TEMPLATE_BYTES) return text;
    throw new Error(`member template must have at most ${MAX_TEMPLATE_BYTES} bytes, got ${bytes}`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
