// oxlint can restrict `Date.now` but not `new Date()`; this one rule closes that gap for the pure core.
const noClock = {
  create(context) {
    const report = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return;
      if (node.type === 'NewExpression' && node.arguments.length === 1) return;
      context.report({ node, message: 'Only `new Date(value)` is pure: the others read the clock or the time zone.' });
    };
    return { NewExpression: report, CallExpression: report };
  },
};

export default { meta: { name: 'credlock' }, rules: { 'no-clock': noClock } };
