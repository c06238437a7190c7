// What speaks to AWS: a bundle of its own, so that `replay` does not load the clients.

// The clients are bundled, so their word on which Node.js later versions need is nothing to whoever runs the command.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export { backfill } from './backfill/backfill';
export { doctor } from './doctor/doctor';
export { seed } from './seed/seed';
export { simulate } from './simulate/simulate';
