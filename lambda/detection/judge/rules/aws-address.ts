import { awsClaim } from '../plausibility';
import { endpointStanding } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';

/** For kinds that call from AWS addresses which change: any AWS address of the Region will do, and none is learned. */
export const awsAddress: Rule = { name: 'aws-address', apply };

function apply(trial: RuleInput): RuleAnswer {
  const { who, origin } = trial;
  if (who.history.kind.lockPolicy(who.history.workload) !== 'aws-address') return [];
  if (origin.kind === 'endpoint') return throughEndpoint(trial);
  return origin.kind === 'public'
    ? fromAddress(trial)
    : ruledOut('aws-address', `${origin.ip ?? ''} is a private address without a VPC endpoint`);
}

/** Rule 3 has said already that the endpoint is not foreign. */
function throughEndpoint({ origin, who, around }: RuleInput): RuleAnswer {
  const whose = endpointStanding(origin, who, around) === 'ours' ? 'of ours' : 'of unknown ownership';
  return trusted(
    'service',
    `a ${who.history.kind.noun} in a VPC calls through VPC endpoints, and ${origin.endpointId ?? ''} is one ${whose}`,
  );
}

function fromAddress({ origin, who, around, sighting }: RuleInput): RuleAnswer {
  const { trusted: isTrusted, verified, why } = awsClaim(origin.ip ?? '', sighting.caller.region, who, around);
  if (!isTrusted) return ruledOut('aws-address', why);
  return trusted(verified ? 'service' : 'first-use-unverified', why);
}
