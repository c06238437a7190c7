import { field } from '../../model/json-field';
import { change, CHANGED, DELETED, harm, named, ourNameIn, type WatchedCalls } from '../act';

const TAGS = 'nothing depends on tags';
const CUT_OFF = harm('cut off from its queue');

/** Event source mappings are named by id; the response names their function. */
export const FUNCTION: WatchedCalls = {
  part: 'function',
  service: 'lambda',
  nameIn: ({ request, response }) => ourNameIn(request, ['functionName']) ?? ourNameIn(response, ['functionArn']),
  actions: {
    DeleteFunction: DELETED,
    PutFunctionConcurrency: (request) =>
      field(request, 'reservedConcurrentExecutions') === 0 ? harm('stopped') : CHANGED,
    PutFunctionScalingConfig: CHANGED,
    UpdateFunctionCode: change('given new code'),
    UpdateFunctionConfiguration: CHANGED,
    // A version of the runtime that is chosen by hand gets no fixes, and may fail.
    PutRuntimeManagementConfig: CHANGED,
    // How long and how often scheduled invocations are retried.
    PutFunctionEventInvokeConfig: CHANGED,
    UpdateFunctionEventInvokeConfig: CHANGED,
    DeleteEventSourceMapping: CUT_OFF,
    UpdateEventSourceMapping: (request) => (field(request, 'enabled') === false ? CUT_OFF : CHANGED),
    AddPermission: CHANGED,
    RemovePermission: CHANGED,
  },
  harmless: {
    DeleteFunctionConcurrency: 'only lifts a limit',
    DeleteFunctionEventInvokeConfig: 'the defaults retry more',
    PutFunctionCodeSigningConfig: 'the code that runs stays; an update that it stops fails visibly',
    PutFunctionRecursionConfig: 'no function depends on recursion',
    CreateFunctionUrlConfig: 'needs a permission, which is reported',
    TagResource: TAGS,
    UntagResource: TAGS,
  },
};

export const ROLE: WatchedCalls = {
  part: 'role',
  service: 'iam',
  nameIn: named('roleName'),
  actions: {
    DeleteRole: DELETED,
    DetachRolePolicy: harm('stripped of rights'),
    DeleteRolePolicy: harm('stripped of rights'),
    PutRolePolicy: CHANGED,
    AttachRolePolicy: CHANGED,
    UpdateAssumeRolePolicy: CHANGED,
    PutRolePermissionsBoundary: CHANGED,
    DeleteRolePermissionsBoundary: CHANGED,
  },
  harmless: {
    UpdateRole: 'changes the description and the longest session; the detector asks for the shortest',
    UpdateRoleDescription: 'changes a text',
    CreatePolicyVersion: 'the roles have inline policies only; another that is attached is reported',
    AddRoleToInstanceProfile: 'the trust policy decides who may assume the role',
    TagRole: TAGS,
    UntagRole: TAGS,
  },
};

const UPDATED = change('updated');

/** What an update changes is listed by the calls that CloudFormation makes for it. */
export const STACK: WatchedCalls = {
  part: 'stack',
  service: 'cloudformation',
  nameIn: named('stackName', 'stackSetName'),
  actions: {
    DeleteStack: DELETED,
    DeleteStackSet: DELETED,
    DeleteStackInstances: harm('deleted in some accounts or Regions'),
    UpdateStack: UPDATED,
    ExecuteChangeSet: UPDATED,
    RollbackStack: UPDATED,
    UpdateStackSet: UPDATED,
    UpdateStackInstances: UPDATED,
  },
  harmless: {
    CreateChangeSet: 'has no effect until it is executed',
    CreateStackInstances: 'only adds members',
    CancelUpdateStack: 'the stack stays as it was',
    ContinueUpdateRollback: 'finishes what was reported',
    SetStackPolicy: 'limits updates, which are reported themselves',
    StopStackSetOperation: 'members stay as they are; the check of rules finds those that are missing',
    UpdateTerminationProtection: 'deletion is reported itself',
  },
};
