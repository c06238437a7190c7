// `npm run bench:audit-mutations`: reads 100,000 mutated records of an audit log, or as many as the argument says.
import { readMutatedLines } from './mutated-audit';

const [, count = '100000', seed = '20260901'] = process.argv.slice(2);
const started = Date.now();
const { lines, events, faults, leaks } = readMutatedLines(Number(count), Number(seed));
const seconds = (Date.now() - started) / 1_000;
console.log(
  `${lines.toLocaleString('en')} mutated lines in ${seconds.toFixed(1)} s: ${events} events, ${faults} faults, ${leaks.length} with a token`,
);
process.exitCode = leaks.length === 0 && events > lines / 4 ? 0 : 1;
