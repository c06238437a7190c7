module.exports = () => process.stderr.write(`Sampled tests: SAMPLE_SEED=${process.env.SAMPLE_SEED}\n`);
