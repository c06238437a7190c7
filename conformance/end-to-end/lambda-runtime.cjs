// Runs a bundled handler as Lambda does: `node lambda-runtime.cjs FOLDER CLOCK_OFFSET`, with the function's environment.
// Takes {event} by IPC and answers {answer} or {error}. The function's clock differs from the machine's by the offset in
// milliseconds.
const path = require('node:path');

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

process.on('message', ({ event }) => {
  answerTo(event).then(
    (answer) => process.send({ answer: answer ?? null }),
    (error) => process.send({ error: String(error?.stack) }),
  );
});

async function answerTo(event) {
  const { handler } = require(path.join(folder, 'index.js'));
  return handler(event, {});
}

process.on('disconnect', () => process.exit());
