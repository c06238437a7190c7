import { Did } from '../../facts/facts';
import { ruledOut, suspicious, trusted, type Rule } from '../rule';

/** Services in which a person, or code of others, can make calls from inside AWS. */
const INTERACTIVE = ['appstream', 'workspaces', 'cloudshell', 'cloud9', 'codebuild', 'sagemaker'];

/** An AWS service that calls on the workload's behalf is named in `invokedBy`. */
export const serviceCaller: Rule = {
  name: 'service-caller',
  apply({ origin, sighting }) {
    if (origin.kind !== 'service' || origin.service === null)
      return ruledOut('service-caller', 'the call comes from an address, not from a service');
    const { service } = origin;
    if (origin.attributed)
      return trusted('service', `${service} called on the workload’s behalf, according to invokedBy`);
    if ((sighting.did & ~Did.eksNode) === Did.passedOn)
      return trusted('service', `${service} passed on data calls only, for which CloudTrail shows no other address`);
    return suspicious(
      'UnattributedService',
      `the call comes from ${service}, and no invokedBy shows that the service made it`,
      { isWeak: !INTERACTIVE.some((name) => service.startsWith(`${name}.`)) },
    );
  },
};
