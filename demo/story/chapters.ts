import { aQuietMorning } from './01-a-quiet-morning';
import { changesWithGoodReasons } from './02-changes-with-good-reasons';
import { keysOnALaptop } from './03-keys-on-a-laptop';
import { keysOnARentedServer } from './04-keys-on-a-rented-server';
import { keysBehindAForeignEndpoint } from './05-keys-behind-a-foreign-endpoint';
import { keysOnTheNextMachine } from './06-keys-on-the-next-machine';
import { keysInAnotherAccount } from './07-keys-in-another-account';
import { keysInTheConsole } from './08-keys-in-the-console';
import { keysAfterTermination } from './09-keys-after-termination';
import { whoWasFirst } from './10-who-was-first';
import { notOnlyInstances } from './11-not-only-instances';
import type { Chapter } from './chapter';

/** The day, chapter by chapter. Each stands on its own: its folder alone gives the same findings. */
export function chapters(): Chapter[] {
  return [
    aQuietMorning(),
    changesWithGoodReasons(),
    keysOnALaptop(),
    keysOnARentedServer(),
    keysBehindAForeignEndpoint(),
    keysOnTheNextMachine(),
    keysInAnotherAccount(),
    keysInTheConsole(),
    keysAfterTermination(),
    whoWasFirst(),
    notOnlyInstances(),
  ];
}
