import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CfnStackSet } from 'aws-cdk-lib/aws-cloudformation';
import { Construct } from 'constructs';
import type { MemberSettings } from '../member/member';
import { DestinationStack } from './destination-stack';
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
  /**
   * Deploy the destinations of audit logs in Regions other than the hub's to the hub account, which must be in the target
   * units, before the members.
   *
   * @default - none
   */
  readonly destinations?: { readonly organizationId: string };
}

/** Maximum size in bytes of a template inside another one (a CloudFormation quota). */
export const MAX_TEMPLATE_BYTES = 51_200;

/**
 * Deploys the member template to the current and future accounts of an organisation. CloudFormation leaves out the
 * management account, which needs its own `MemberStack`s.
 */
export class OrganizationStackSet extends Construct {
  readonly stackSet: CfnStackSet;
  /** Present with `destinations`, if there are Regions besides the hub's. */
  readonly destinations?: CfnStackSet;

  constructor(scope: Construct, id: string, props: OrganizationStackSetProps) {
    super(scope, id);
    const { hubAccount, hubRegion, regions, destinations } = props;
    this.stackSet = this.#stackSet('Resource', props, {
      stackSetName: NAMES.stackSet,
      description: 'credlock: forwards CloudTrail events of workloads to the hub',
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      capabilities: ['CAPABILITY_NAMED_IAM'],
      templateBody: memberTemplate(props),
    });
    const others = regions.filter((region) => region !== hubRegion);
    if (!destinations || others.length === 0) return;
    this.destinations = this.#stackSet(
      'Destinations',
      { ...props, regions: others },
      {
        stackSetName: NAMES.destinationStackSet,
        description: 'credlock: receives audit logs of Kubernetes clusters',
        autoDeployment: { enabled: false },
        onlyAccount: hubAccount,
        templateBody: templateOf(STACKS.destination, (app, name) => {
          new DestinationStack(app, name, { hubRegion, ...destinations });
        }),
      },
    );
    this.stackSet.addResourceDependency(this.destinations);
  }

  #stackSet(
    id: string,
    { targetOus, regions, caller = 'management' }: OrganizationStackSetProps,
    { onlyAccount, ...settings }: StackSetSettings,
  ): CfnStackSet {
    const only = onlyAccount === undefined ? {} : { accounts: [onlyAccount], accountFilterType: 'INTERSECTION' };
    return new CfnStackSet(this, id, {
      ...settings,
      permissionModel: 'SERVICE_MANAGED',
      callAs: caller === 'management' ? 'SELF' : 'DELEGATED_ADMIN',
      managedExecution: { Active: true },
      // A failure in one account does not stop the others.
      operationPreferences: {
        failureTolerancePercentage: 100,
        maxConcurrentPercentage: 100,
        regionConcurrencyType: 'PARALLEL',
      },
      stackInstancesGroup: [
        { deploymentTargets: { organizationalUnitIds: [...targetOus], ...only }, regions: [...regions] },
      ],
    });
  }
}

interface StackSetSettings {
  readonly stackSetName: string;
  readonly description: string;
  readonly autoDeployment: CfnStackSet.AutoDeploymentProperty;
  readonly capabilities?: string[];
  readonly templateBody: string;
  /** @default all accounts of the target units */
  readonly onlyAccount?: string;
}

/** The member template as JSON, independent of account and Region. Throws if it is too large for a StackSet. */
export function memberTemplate(settings: MemberSettings): string {
  return templateOf(STACKS.member, (app, id) => {
    // The settings may carry stack properties, which belong to the enclosing stack.
    new MemberStack(app, id, { ...settings, env: {}, stackName: STACKS.member, tags: {} });
  });
}

function templateOf(name: string, make: (app: App, id: string) => void): string {
  const outdir = mkdtempSync(join(tmpdir(), 'credlock-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    make(app, name);
    const template: unknown = app.synth().getStackByName(name).template;
    const text = JSON.stringify(template);
    const bytes = Buffer.byteLength(text);
    if (bytes <= MAX_TEMPLATE_BYTES) return text;
    throw new Error(`template of ${name} must have at most ${MAX_TEMPLATE_BYTES} bytes, got ${bytes}`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
