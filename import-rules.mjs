/**
 * Which folder may import which: the one place where the direction of imports is written down. `oxlint-plugin.mjs` holds
 * every import to it, type imports included, and refuses a source folder that has no row here.
 *
 * A key is a folder with all below it, the files right in a folder (`lambda/*`), or a file; the longest key that fits a
 * path counts. `imports` names what may be
 * imported besides the key's own files. `packages` is the complete list of packages where it is given; elsewhere
 * `notPackages` lists those that are refused.
 */
const PURE = ['ipaddr.js', 'zod'];
const CDK = ['aws-cdk-lib', '@aws-cdk', 'constructs'];

const MODEL = 'lambda/detection/model';
const VOCABULARY = 'lambda/detection/vocabulary.ts';
const FACTS = 'lambda/detection/facts';
const KINDS = 'lambda/detection/kinds';
const RECORDS = 'lambda/detection/records';
const NETWORK = 'lambda/detection/network';
const JUDGE = 'lambda/detection/judge';
const FINDINGS = 'lambda/detection/findings';
/** The table of finding types stands below the rules, which take their severities from it. */
const TYPE_ROW = `${FINDINGS}/finding-type-row.ts`;
const TYPE_TABLE = `${FINDINGS}/finding-types.ts`;
const KUBERNETES_TYPES = `${FINDINGS}/kubernetes-types.ts`;
const SETTINGS = 'lambda/detection/parse-settings.ts';
const DETECT = 'lambda/detection/detect.ts';
const TAMPERING = 'lambda/detection/tampering';
const POSTURE = 'lambda/detection/posture';
const GUARDRAILS = 'lambda/detection/guardrails';
const KUBERNETES = 'lambda/kubernetes';
const RUNTIME = 'lambda/runtime';

/** What event patterns are made of. */
const PATTERNS = [
  VOCABULARY,
  KINDS,
  'lambda/detection/model/event-pattern.ts',
  'lambda/detection/model/workload-kind.ts',
];

/** What runs in Lambda beside the handlers may know: names of variables and metrics, and the types of a log and a meter. */
const CONTRACT = ['lambda/environment.ts', 'lambda/metric-names.ts', 'lambda/telemetry.ts', 'lambda/hunt-names.ts'];

const core = (...imports) => ({ imports, packages: PURE });
const application = (...imports) => ({ imports: [...CONTRACT, ...imports], notPackages: [...CDK, '@aws-sdk'] });
const cli = (...imports) => ({ imports, notPackages: CDK });

export const IMPORT_RULES = {
  // The functional core.
  [VOCABULARY]: core(),
  [MODEL]: core(VOCABULARY),
  [FACTS]: core(MODEL, VOCABULARY),
  [KINDS]: core(MODEL, VOCABULARY),
  [SETTINGS]: core(MODEL, KINDS, VOCABULARY),
  [NETWORK]: core(MODEL, FACTS, VOCABULARY),
  [RECORDS]: core(MODEL, FACTS, KINDS, VOCABULARY),
  [TYPE_ROW]: core(MODEL),
  [KUBERNETES_TYPES]: core(MODEL, TYPE_ROW),
  [TYPE_TABLE]: core(MODEL, TYPE_ROW, KUBERNETES_TYPES),
  [JUDGE]: core(MODEL, FACTS, NETWORK, TYPE_TABLE, VOCABULARY),
  [FINDINGS]: core(MODEL, FACTS, KINDS, JUDGE, TYPE_ROW, TYPE_TABLE, VOCABULARY),
  [DETECT]: core(MODEL, FACTS, KINDS, NETWORK, JUDGE, FINDINGS),
  [POSTURE]: core(MODEL, FACTS, KINDS, JUDGE, VOCABULARY),
  [TAMPERING]: core(MODEL, KINDS, RECORDS, FINDINGS, VOCABULARY),
  [GUARDRAILS]: core(MODEL, KINDS, RECORDS, VOCABULARY),
  // The audit log of Kubernetes clusters, as pure as the detection of stolen credentials.
  [KUBERNETES]: core(MODEL, FINDINGS, NETWORK, VOCABULARY),
  // Agents that watch the containers of clusters.
  [RUNTIME]: core(MODEL, FINDINGS, KUBERNETES, VOCABULARY),

  // The application: ports are types beside who uses them, so none of these folders imports an adapter.
  'lambda/metric-names.ts': { imports: [], notPackages: CDK },
  'lambda/hunt-names.ts': { imports: [], notPackages: CDK },
  'lambda/environment.ts': { imports: ['lambda/metric-names.ts', VOCABULARY], notPackages: CDK },
  'lambda/telemetry.ts': { imports: ['lambda/metric-names.ts', 'lambda/environment.ts'], notPackages: CDK },
  'lambda/trail-files': application(MODEL, VOCABULARY, TAMPERING, GUARDRAILS, KUBERNETES, RUNTIME),
  'lambda/fact-reading': application(MODEL, FACTS, KINDS, RECORDS, VOCABULARY, 'lambda/trail-files'),
  'lambda/store': application(MODEL, FACTS, JUDGE, POSTURE, VOCABULARY),
  'lambda/judging': application(MODEL, FACTS, JUDGE, FINDINGS, DETECT, 'lambda/store'),
  'lambda/judging-tokens': application(MODEL, FACTS, JUDGE, KUBERNETES, 'lambda/store', 'lambda/judging'),
  'lambda/hunting': application(MODEL, FACTS, KINDS, SETTINGS, JUDGE, FINDINGS, DETECT, 'lambda/store'),
  'lambda/observing': application(
    MODEL,
    FACTS,
    KINDS,
    RECORDS,
    TAMPERING,
    VOCABULARY,
    'lambda/store',
    'lambda/judging',
    'lambda/trail-files',
    'lambda/fact-reading',
  ),
  'lambda/observing-kubernetes': application(
    MODEL,
    FACTS,
    KUBERNETES,
    RUNTIME,
    VOCABULARY,
    'lambda/store',
    'lambda/observing',
    'lambda/judging',
    'lambda/judging-tokens',
    'lambda/confirming',
    'lambda/trail-files',
  ),
  'lambda/confirming': application(
    MODEL,
    SETTINGS,
    FACTS,
    JUDGE,
    FINDINGS,
    DETECT,
    KUBERNETES,
    VOCABULARY,
    'lambda/store',
    'lambda/judging',
    'lambda/judging-tokens',
  ),
  'lambda/watching': application(
    MODEL,
    `${RUNTIME}/runtime-log-group.ts`,
    RECORDS,
    FINDINGS,
    TAMPERING,
    POSTURE,
    VOCABULARY,
    'lambda/store',
    'lambda/judging',
    'lambda/observing',
    'lambda/confirming',
  ),
  'lambda/verifying': application(
    MODEL,
    FACTS,
    NETWORK,
    RECORDS,
    JUDGE,
    'lambda/store',
    'lambda/judging',
    'lambda/observing',
  ),
  'lambda/adapters': {
    imports: [
      ...CONTRACT,
      MODEL,
      FACTS,
      SETTINGS,
      KINDS,
      FINDINGS,
      POSTURE,
      VOCABULARY,
      'lambda/store',
      'lambda/judging',
      'lambda/observing',
      'lambda/confirming',
      'lambda/watching',
      'lambda/verifying',
      'lambda/hunting',
      'lambda/fact-reading',
      'lambda/trail-files',
      RECORDS,
    ],
    notPackages: CDK,
  },
  // The handlers.
  'lambda/*': { imports: ['lambda'], notPackages: CDK },

  // What is deployed. Rules are made of the event patterns of the kinds of workload, which are pure data.
  'lib/names.ts': { imports: ['lib/patterns', 'lambda/environment.ts', VOCABULARY] },
  'lib/policy.ts': { imports: [] },
  'lib/acknowledgements.ts': { imports: ['lib/names.ts'] },
  'lib/patterns': { imports: ['lib/names.ts', ...PATTERNS] },
  'lib/member': {
    imports: ['lib/names.ts', 'lib/policy.ts', 'lib/acknowledgements.ts', 'lib/patterns', ...PATTERNS],
  },
  'lib/hub': {
    imports: [
      'lib/names.ts',
      'lib/policy.ts',
      'lib/acknowledgements.ts',
      'lib/patterns',
      'lib/member',
      'lambda/environment.ts',
      ...PATTERNS,
    ],
  },
  'lib/hunt': {
    imports: ['lib/names.ts', 'lib/acknowledgements.ts', 'lib/hub', 'lambda/environment.ts', 'lambda/hunt-names.ts'],
  },
  'lib/stacks': { imports: ['lib', 'guardrails', 'lambda/environment.ts', ...PATTERNS] },
  'lib/index.ts': { imports: ['lib', 'guardrails', ...PATTERNS] },
  // Policies are data: lib deploys them, bin prints them.
  guardrails: {
    imports: ['lambda/detection/guardrails/guardrail.ts', 'lambda/detection/model/result.ts', VOCABULARY],
    packages: ['zod'],
  },

  // The command line.
  'bin/terminal': cli(MODEL),
  'bin/files': cli(MODEL, 'bin/terminal'),
  'bin/aws-inputs': cli('lambda', 'bin/deployment'),
  'bin/inputs': cli('lambda', 'bin/terminal', 'bin/decoders.ts'),
  'bin/deployment': cli('lambda', 'bin/terminal'),
  'bin/report': cli('lambda/detection', KUBERNETES, 'bin/terminal', 'package.json'),
  'bin/posture': cli('lambda', 'bin/terminal', 'bin/files', 'bin/report'),
  'bin/formats': cli('lambda', 'bin/terminal', 'bin/report', 'bin/posture', 'package.json'),
  'bin/replay': cli(
    'lambda',
    'bin/terminal',
    'bin/files',
    'bin/inputs',
    'bin/aws-inputs/aws-input.ts',
    'bin/operations.ts',
    'bin/kubernetes.ts',
    'bin/formats',
    'bin/report',
    'bin/posture',
  ),
  'bin/hunt': cli(
    'lambda',
    'bin/deployment',
    'bin/operations.ts',
    'bin/terminal',
    'bin/files',
    'bin/formats',
    'bin/replay',
    'bin/report',
    'package.json',
  ),
  'bin/guardrails': cli('lambda', 'guardrails', 'bin/terminal', 'bin/files', 'bin/replay'),
  'bin/seed': cli('lambda', 'bin/terminal', 'bin/deployment'),
  'bin/backfill': cli('lambda', 'bin/terminal', 'bin/deployment'),
  'bin/doctor': cli('lambda', 'bin/terminal', 'bin/files', 'bin/deployment'),
  'bin/simulate': cli('lambda', 'bin/terminal', 'bin/deployment', 'trail-writer'),
  'bin/operations.ts': cli('bin'),
  'bin/kubernetes.ts': cli('bin/replay/audit-reader.ts', 'bin/replay/explain.ts'),
  'bin/hunts.ts': cli('bin/hunt'),
  'bin/decoders.ts': cli('bin/inputs'),
  'bin/commands': cli('lambda', 'bin'),
  'bin/credlock.ts': cli('lambda', 'bin', 'package.json'),
  // The writer of made-up CloudTrail records.
  'trail-writer': { imports: [] },
  // Situations with known answers, written from AWS's documentation: they import nothing of what they judge.
  evaluate: { imports: ['trail-writer'] },
  'bin/app.ts': { imports: ['lib', MODEL, SETTINGS, 'bin/terminal', 'bin/files'] },
};
