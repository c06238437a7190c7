import type { ORGANIZATION_ACTIONS, SECURITY_HUB_ACTIONS } from '../../vocabulary';
import type { CloudTrailRecord } from '../../model/cloudtrail-record';
import { field, textOf } from '../../model/json-field';
import { administration, change, DISABLED, harm, type EffectOf, type WatchedCalls } from '../act';

type ActionOf<Service extends keyof typeof ORGANIZATION_ACTIONS> = (typeof ORGANIZATION_ACTIONS)[Service][number];

const wordOf = (request: unknown, parameter: string): string => textOf(field(request, parameter)) ?? 'unknown';

const parameter =
  (name: string): WatchedCalls['nameIn'] =>
  ({ request }) =>
    textOf(field(request, name));

/** Accounts that leave or move lose their members, which the StackSet deployed. */
export const ACCOUNT: WatchedCalls = {
  part: 'account',
  service: 'organizations',
  nameIn: ({ request, account }) => textOf(field(request, 'accountId')) ?? account,
  actions: {
    LeaveOrganization: harm('removed from its organisation'),
    RemoveAccountFromOrganization: harm('removed from its organisation'),
    CloseAccount: harm('closed'),
    MoveAccount: (request) => administration(`moved to ${wordOf(request, 'destinationParentId')}`),
  } satisfies Partial<Record<ActionOf<'organizations'>, EffectOf>>,
  harmless: {},
};

/** Policies may deny what members need (`events:PutEvents`, trails), and guardrails are policies. */
export const POLICY: WatchedCalls = {
  part: 'policy',
  service: 'organizations',
  nameIn: parameter('policyId'),
  actions: {
    AttachPolicy: (request) => administration(`attached to ${wordOf(request, 'targetId')}`),
    DetachPolicy: (request) => administration(`detached from ${wordOf(request, 'targetId')}`),
    UpdatePolicy: administration('changed'),
    DeletePolicy: administration('deleted'),
  } satisfies Partial<Record<ActionOf<'organizations'>, EffectOf>>,
  harmless: { CreatePolicy: 'has no effect until it is attached', TagResource: 'nothing depends on tags' },
};

export const POLICY_TYPE: WatchedCalls = {
  part: 'policy',
  service: 'organizations',
  nameIn: ({ request }) => textOf(field(request, 'policyType')),
  actions: { DisablePolicyType: DISABLED } satisfies Partial<Record<ActionOf<'organizations'>, EffectOf>>,
  harmless: {},
};

/** Services by which members are deployed and events recorded for a whole organisation. */
const NEEDED = /^(?:cloudtrail|member\.org\.stacksets\.cloudformation|securityhub)\./;

function neededService({ request }: CloudTrailRecord): string | null {
  const principal = textOf(field(request, 'servicePrincipal'));
  return principal !== null && NEEDED.test(principal) ? `access of ${principal}` : null;
}

export const TRUSTED_ACCESS: WatchedCalls = {
  part: 'service',
  service: 'organizations',
  nameIn: neededService,
  actions: {
    DisableAWSServiceAccess: DISABLED,
    DeregisterDelegatedAdministrator: harm('deprived of its delegated administrator'),
  } satisfies Partial<Record<ActionOf<'organizations'>, EffectOf>>,
  harmless: {},
};

export const STACK_SETS_ACCESS: WatchedCalls = {
  part: 'service',
  service: 'cloudformation',
  nameIn: () => 'access of StackSets',
  actions: { DeactivateOrganizationsAccess: DISABLED } satisfies Record<ActionOf<'cloudformation'>, EffectOf>,
  harmless: { ActivateOrganizationsAccess: 'undoes harm' },
};

export const REGION: WatchedCalls = {
  part: 'Region',
  service: 'account',
  nameIn: parameter('regionName'),
  actions: { DisableRegion: DISABLED } satisfies Record<ActionOf<'account'>, EffectOf>,
  harmless: { EnableRegion: 'the canaries find a Region without rules' },
};

const AUTOMATION = administration('given an automation rule, which can suppress findings');

/** Only in the account and Region to which findings are imported. */
export const SECURITY_HUB: WatchedCalls = {
  part: 'service',
  service: 'securityhub',
  nameIn: ({ account, region }, { hub }) =>
    account === hub?.account && (hub.region === null || hub.region === region) ? 'Security Hub' : null,
  actions: {
    DisableSecurityHub: DISABLED,
    DisableImportFindingsForProduct: harm('closed to the findings of a product'),
    DeleteFindingAggregator: change('cut off from its aggregation Region'),
    UpdateFindingAggregator: change('given other Regions to aggregate'),
    CreateAutomationRule: AUTOMATION,
    BatchUpdateAutomationRules: AUTOMATION,
    CreateAutomationRuleV2: AUTOMATION,
    UpdateAutomationRuleV2: AUTOMATION,
  } satisfies Record<(typeof SECURITY_HUB_ACTIONS)[number], EffectOf>,
  harmless: {
    BatchUpdateFindings: 'triage is the work of analysts; every finding goes to the event bus and the topic as well',
    BatchImportFindings: 'publishing is done by it',
    DisableOrganizationAdminAccount: 'findings are imported into the hub account by itself',
    DisableSecurityHubV2: 'findings are imported into Security Hub CSPM',
    UpdateSecurityHubConfiguration: 'concerns controls and standards',
  },
};
