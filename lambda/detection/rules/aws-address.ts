import { endpointStanding } from '../claims';
import { ruledOut, trusted, type Case, type Rule, type RuleAnswer } from '../case';

/** For kinds that call from AWS addresses which change: any AWS address of the Region will do, and none is learned. */
export const awsAddress: Rule = { name: 'aws-address', apply };

function apply(trial: Case): RuleAnswer {
  const { who, origin } = trial;
  if (who.history.kind.lockPolicy(who.history.workload) !== 'aws-address') return [];
  if (origin.kind === 'endpoint') return throughEndpoint(trial);
  return origin.kind === 'public'
    ? fromAddress(trial)
    : ruledOut('aws-address', `${origin.ip ?? ''} is a private address without a VPC endpoint`);
}

/** Rule 3 has said already that the endpoint is not foreign. */
function throughEndpoint({ origin, who, around }: Case): RuleAnswer {
  const whose = endpointStanding(origin, who, around) === 'ours' ? 'of ours' : 'of unknown ownership';
  return trusted(
    'service',
    `a ${who.history.kind.noun} in a VPC calls through VPC endpoints, and ${origin.endpointId ?? ''} is one ${whose}`,
  );
}

function fromAddress({ origin, who, around, sighting }: Case): RuleAnswer {
  const ip = origin.ip ?? '';
  if (!around.ipRanges)
    return trusted('first-use-unverified', 'no ip-ranges.json was given, so nothing says whose address it is');
  const aws = around.ipRanges.lookup(ip);
  if (!aws)
    return ruledOut('aws-address', `${ip} is in no AWS range, and a ${who.history.kind.noun} calls from AWS addresses`);
  const region = sighting.caller.region ?? who.region;
  const anywhere =
    region === null ||
    aws.region === 'GLOBAL' ||
    who.history.issuances.some((issuance) => issuance.region === 'GLOBAL');
  if (anywhere || aws.region === region)
    return trusted(
      'service',
      `${ip} is an AWS address of ${aws.region}, and a ${who.history.kind.noun} has no address of its own`,
    );
  return ruledOut('aws-address', `${ip} is in ${aws.region}, the ${who.history.kind.noun} in ${region}`);
}
