import { suspicious, type Rule } from '../rule';
import { Did } from '../../facts/facts';

/** Rule 0: a request somebody relayed is not the workload's; a console session made of its keys never is. */
export const notItsOwnRequest: Rule = {
  name: 'not-its-own-request',
  apply({ sighting, origin, learned }) {
    if ((sighting.did & Did.console) !== 0)
      return suspicious(
        'a console session was made of the workload’s keys, and no workload opens a console',
        'ConsoleSession',
        'HIGH',
      );
    if (!learned.relayed.has(origin.key)) return [];
    return { ruling: 'ignored', why: 'this origin only relayed a signed sts:GetCallerIdentity' };
  },
};
