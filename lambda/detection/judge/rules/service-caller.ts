import { ruledOut, suspicious, trusted, type Rule } from '../rule';

/** Services that give a person or foreign code a seat inside AWS. */
const SEATS = ['appstream', 'workspaces', 'cloudshell', 'cloud9', 'codebuild', 'sagemaker'];

/** Rule 1: AWS itself calls on the workload's behalf, and says so in `invokedBy`. */
export const serviceCaller: Rule = {
  name: 'service-caller',
  apply({ origin }) {
    if (origin.kind !== 'service' || origin.service === null)
      return ruledOut('service-caller', 'the call comes from an address, not from a service');
    const { service } = origin;
    if (origin.attributed) return trusted('service', `${service} called on the workload’s behalf, as invokedBy says`);
    const seat = SEATS.some((name) => service.startsWith(`${name}.`));
    return suspicious(
      `the call comes from ${service}, and no invokedBy says that the service made it`,
      'UnattributedService',
      seat ? 'MEDIUM' : 'LOW',
    );
  },
};
