// Runs a bundled handler as Lambda does: `node lambda-runtime.cjs FOLDER CLOCK_OFFSET`, with the function's environment.
// Takes {event} by IPC and answers {answer} or {error}. The function's clock differs from the machine's by the offset in
// milliseconds.
const { join } = require('node:path');

const [, , folder, clockOffset] = process.argv;
const MachineDate = Date;
const now = () => MachineDate.now() + Number(clockOffset);
globalThis.Date = class extends MachineDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }
  static now() {
    return now();
  }
};

process.on('message', async ({ event }) => {
  try {
    const { handler } = require(join(folder, 'index.js'));
    process.send({ answer: (await handler(event, {})) ?? null });
  } catch (error) {
    process.send({ error: String(error?.stack) });
  }
});
process.on('disconnect', () => process.exit());
