import { suspicious, type Rule } from '../rule';
import { Did } from '../../facts/facts';

/** A relayed request says nothing about its origin; a console session made with workload credentials is never the workload's. */
export const notItsOwnRequest: Rule = {
  name: 'not-its-own-request',
  apply({ sighting, origin, learned }) {
    if ((sighting.did & Did.console) !== 0)
      return suspicious(
        'ConsoleSession',
        'a console session was created with the workload’s credentials, and workloads do not use the console',
      );
    if (!learned.relayed.has(origin.key)) return [];
    return { outcome: 'ignored', why: 'this origin only relayed a signed sts:GetCallerIdentity' };
  },
};
