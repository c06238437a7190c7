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
  /** Ids of the organisational units (`ou-…`), or of the root (`r-…`) for the whole organisation. */
  readonly targetOus: readonly string[];
  /** Regions of the members. */
  readonly regions: readonly string[];
  /**
   * Whether it is deployed by the management account or by a delegated administrator of CloudFormation StackSets.
   *
   * @default management
   */
  readonly caller?: 'management' | 'delegated-admin';
}

/** Bytes a template may have inside another one (CloudFormation's quota). */
export const MOST_TEMPLATE_BYTES = 51_200;

/**
 * Carries the member template to the accounts of an organisation, those to come included. The management account itself is
 * left out by CloudFormation: it needs `MemberStack`s of its own.
 */
export class OrganizationStackSet extends Construct {
  readonly stackSet: CfnStackSet;

  constructor(scope: Construct, id: string, props: OrganizationStackSetProps) {
    super(scope, id);
    const { targetOus, regions, caller = 'management' } = props;
    this.stackSet = new CfnStackSet(this, 'Resource', {
      stackSetName: NAMES.stackSet,
      description: 'credlock: forwards calls of workloads to the hub',
      permissionModel: 'SERVICE_MANAGED',
      callAs: caller === 'management' ? 'SELF' : 'DELEGATED_ADMIN',
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      managedExecution: { Active: true },
      capabilities: ['CAPABILITY_NAMED_IAM'],
      // An account that cannot be deployed to costs no other account its deployment.
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

/** The member template as JSON text, as it is deployed by itself too: of no particular account and Region. */
export function memberTemplate(settings: MemberSettings): string {
  const outdir = mkdtempSync(join(tmpdir(), 'credlock-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    // Whoever passes the properties of a stack of his own with the settings means his own stack by them.
    new MemberStack(app, STACKS.member, { ...settings, env: {}, stackName: STACKS.member, tags: {} });
    const template: unknown = app.synth().getStackByName(STACKS.member).template;
    const text = JSON.stringify(template);
    const bytes = Buffer.byteLength(text);
    if (bytes <= MOST_TEMPLATE_BYTES) return text;
    throw new Error(`member template must have at most ${MOST_TEMPLATE_BYTES} bytes, got ${bytes}`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
