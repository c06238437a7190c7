import { onlyText, parametersOf } from '../records/changes/parameters';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { isLike } from './policy-subject';
import { FEEDING, OWN_PREFIX, PROTECTED, type Certainty } from './guardrail';

export interface Denial {
  readonly certainty: Certainty;
  /** A sentence. */
  readonly why: string;
  /** A sentence. */
  readonly fix: string;
}

/** Decides by a call's own record if a guardrail would deny the call; null if not. */
export type DenialOf = (record: CloudTrailRecord) => Denial | null;

const LAUNCH_FIX =
  'Set MetadataOptions.HttpTokens to "required" in the request or in the launch template that it names.';

/** `ec2:MetadataHttpTokens` is the value in the request or its launch template (EC2 user guide, "Work with instance metadata"). */
export const launch: DenialOf = ({ eventSource, eventName, request, response }) => {
  if (!isEc2(eventSource) || eventName !== 'RunInstances') return null;
  const asked = onlyText(parametersOf([request]), 'httptokens');
  if (asked === 'required') return null;
  if (asked !== null)
    return { certainty: 'certain', why: `The request asks for HttpTokens "${asked}".`, fix: LAUNCH_FIX };
  const got = parametersOf([response]).get('httptokens') ?? [];
  const template = parametersOf([request]);
  const hasTemplate = template.has('launchtemplateid') || template.has('launchtemplatename');
  if (got.some((tokens) => tokens !== 'required'))
    return { certainty: 'certain', why: 'The instance was launched with IMDSv1 allowed.', fix: LAUNCH_FIX };
  if (hasTemplate) {
    const why = 'The record does not show the values in the launch template, the image and the account’s default.';
    return { certainty: 'unknown', why, fix: LAUNCH_FIX };
  }
  const why =
    got.length > 0
      ? 'The instance requires IMDSv2 by its image or the account’s default; the request itself does not.'
      : 'The request does not ask for IMDSv2.';
  return { certainty: 'likely', why, fix: LAUNCH_FIX };
};

/** Compared only where the call names HttpTokens: `Null` on `ec2:Attribute/HttpTokens` (the same page, "Deny opt-out of IMDSv2"). */
export const modification: DenialOf = ({ eventSource, eventName, request }) => {
  if (!isEc2(eventSource) || eventName !== 'ModifyInstanceMetadataOptions') return null;
  const tokens = onlyText(parametersOf([request]), 'httptokens');
  if (tokens === null || tokens === 'required') return null;
  return {
    certainty: 'certain',
    why: `The call sets HttpTokens to "${tokens}".`,
    fix: 'Find out what on the instance still needs IMDSv1, and update it; then leave HttpTokens at "required".',
  };
};

export const defaults: DenialOf = ({ eventSource, eventName, request }) => {
  if (!isEc2(eventSource) || eventName !== 'ModifyInstanceMetadataDefaults') return null;
  const parameters = parametersOf([request]);
  const tokens = onlyText(parameters, 'httptokens');
  const enforced = onlyText(parameters, 'httptokensenforced');
  const loosened = [
    ...(tokens !== null && tokens !== 'required' ? [`HttpTokens to "${tokens}"`] : []),
    ...(enforced !== null && enforced !== 'enabled' ? [`HttpTokensEnforced to "${enforced}"`] : []),
  ];
  if (loosened.length === 0) return null;
  return {
    certainty: 'certain',
    why: `The call sets the account’s ${loosened.join(' and ')}.`,
    fix: 'Keep the account’s default at "required", and exempt the role that manages it if it must be free to change it.',
  };
};

/** The record contains the value of `ec2:RoleDelivery`. */
export const oldKeys: DenialOf = ({ identity: { ec2RoleDelivery, invokedBy } }) => {
  if (ec2RoleDelivery === null || !(Number(ec2RoleDelivery) < 2)) return null;
  const fix =
    'Update what calls (see its user agents) so that it gets its keys by IMDSv2, then require IMDSv2 on the instance.';
  const why =
    invokedBy === null
      ? 'The keys were got by IMDSv1 (ec2RoleDelivery 1.0).'
      : 'A service called on behalf of keys that were got by IMDSv1: the call that made it do so would be denied already.';
  return { certainty: 'certain', why, fix };
};

/** By the resource in the request; event source mappings by their function, which the response names. */
export const ownResources: DenialOf = ({ eventSource, eventName, request, response }) => {
  const service = eventSource.split('.')[0] ?? '';
  const action = actionOf(eventName);
  const isFeeding = service === 'lambda' && FEEDING.some((one) => one === action);
  const kept = PROTECTED.find((one) => one.service === service && one.actions.some((each) => isLike(action, each)));
  if (!kept && !isFeeding) return null;
  const parameters = parametersOf(isFeeding ? [request, response] : [request]);
  const texts = (kept?.namedBy ?? ['functionname', 'functionarn']).flatMap((key) => parameters.get(key) ?? []);
  const name = texts.map(ownNameIn).find((text) => text !== null);
  if (!name) return null;
  return {
    certainty: 'certain',
    why: `The call changes ${shortened(name)}, which is credlock’s own.`,
    fix: 'Exempt the role if it is the one that deploys credlock; other roles need no exemption.',
  };
};

/** `https://sqs.…/111122223333/credlock-observe`, `arn:…:stack/credlock-hub/…`, `credlock-forward`: the part that is the name. */
function ownNameIn(text: string): string | null {
  return text.split(/[:/]/).find((part) => part.startsWith(OWN_PREFIX)) ?? null;
}

/** CloudTrail writes some of Lambda's actions with the version of its API (`DeleteFunction20150331`), S3's lifecycle by its old name. */
function actionOf(eventName: string): string {
  if (/^PutBucketLifecycle(?:Configuration)?$/.test(eventName)) return 'PutLifecycleConfiguration';
  return eventName.replace(/\d{8}(?:v\d)?$/, '');
}

function isEc2(eventSource: string): boolean {
  return eventSource.startsWith('ec2.');
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
