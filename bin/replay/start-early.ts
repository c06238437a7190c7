import { startEarly } from './early-thread';

/** The process's arguments. What they surely need is started as this is imported, before the rest of the program is loaded. */
export const { argv } = process;

startEarly(argv.slice(2));
