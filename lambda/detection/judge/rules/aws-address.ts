import { outsideItsVpc } from '../function-network';
import { findingByOwner, ownerOf } from '../ownership';
import { sharedEgress } from './shared-egress';
import { severityOf } from '../../findings/finding-types';
import { awsClaim } from '../aws-claim';
import { endpointStanding, isInClusterNetwork } from '../plausibility';
import { isRuling, ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';

/** For kinds that call from changing AWS addresses: any AWS address of the Region is trusted, unless records put the function into a VPC. */
export const awsAddress: Rule = { name: 'aws-address', apply };

function apply(input: RuleInput): RuleAnswer {
  const { subject, origin } = input;
  if (subject.history.kind.lockPolicy(subject.history.workload) !== 'aws-address') return [];
  if (origin.kind === 'endpoint') return throughEndpoint(input);
  if (isInClusterNetwork(origin, subject))
    return trusted('service', `a ${subject.history.kind.noun} in a VPC calls from private addresses`);
  return origin.kind === 'public'
    ? fromAddress(input)
    : ruledOut('aws-address', `${origin.address} is a private address without a VPC endpoint`);
}

/** The endpoint rule has already ruled out a foreign endpoint. */
function throughEndpoint({ origin, subject, peers }: RuleInput): RuleAnswer {
  const whose = endpointStanding(origin, subject, peers) === 'ours' ? 'of the organisation' : 'of unknown ownership';
  return trusted(
    'service',
    `a ${subject.history.kind.noun} in a VPC calls through VPC endpoints, and ${origin.endpoint} is one ${whose}`,
  );
}

function fromAddress(input: RuleInput): RuleAnswer {
  const { origin, subject, peers, sighting } = input;
  const { trusted: isTrusted, verified, why } = awsClaim(origin.address, sighting.caller, subject, peers);
  if (!isTrusted) return ruledOut('aws-address', why);
  const outside = outsideItsVpc(input);
  if (outside !== null) return pastItsVpc(outside, input);
  return trusted(verified ? 'service' : 'first-use-unverified', why);
}

/** Egress that others of the account use explains it; otherwise its owner decides, with less certainty than a lock gives. */
function pastItsVpc(why: string, input: RuleInput): RuleAnswer {
  const egress = sharedEgress.apply(input);
  if (isRuling(egress)) return egress;
  const { type, severity } = findingByOwner(ownerOf(input), input);
  const finding = { type, severity: type === 'InsideAWS' ? severityOf(type, true) : severity };
  return { outcome: 'suspicious', why, finding, events: [] };
}
