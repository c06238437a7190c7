import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { DEFAULT_KUBERNETES } from '../../lambda/detection/model/kubernetes-settings';

const text = z.string().min(1);
const filled = z.array(text).min(1);

/** As far as it is used, by Tetragon 1.7.0 (pkg/k8s/apis/cilium.io/v1alpha1/types.go, tracing_policy_types.go). */
const POLICY = z.strictObject({
  apiVersion: z.literal('cilium.io/v1alpha1'),
  kind: z.literal('TracingPolicy'),
  metadata: z.strictObject({ name: z.string().regex(/^credlock-[a-z-]+$/) }),
  spec: z.strictObject({
    // Pods alone: with {} no process of the node is watched.
    podSelector: z.strictObject({}),
    kprobes: z
      .array(
        z.strictObject({
          call: z.enum(['security_bprm_check', 'security_mmap_file']),
          syscall: z.literal(false),
          args: z.array(z.strictObject({ index: z.int(), type: z.enum(['linux_binprm', 'file', 'uint32']) })).min(1),
          selectors: z
            .array(
              z.strictObject({
                matchBinaries: z
                  .array(z.strictObject({ operator: z.enum(['In', 'NotIn', 'NotPostfix']), values: filled }))
                  .optional(),
                matchArgs: z
                  .array(
                    z.strictObject({ index: z.int(), operator: z.enum(['Prefix', 'Postfix', 'Mask']), values: filled }),
                  )
                  .min(1),
                matchActions: z
                  .array(
                    z.strictObject({
                      action: z.literal('Post'),
                      rateLimit: z.string().regex(/^\d+[smh]$/),
                      rateLimitScope: z.enum(['thread', 'process', 'global']),
                    }),
                  )
                  .optional(),
              }),
            )
            .min(1),
        }),
      )
      .min(1),
  }),
});

const policies = parseAllDocuments(readFileSync('tetragon/policies.yaml', 'utf8')).map((document) =>
  POLICY.parse(document.toJS()),
);
const kprobes = policies.flatMap(({ spec }) => spec.kprobes);

test('the policies have the names by which findings are made of their events', () => {
  const ours = Object.keys(DEFAULT_KUBERNETES.runtimeRules).filter((name) => name.startsWith('credlock-'));
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(ours);
  expect(ours).toHaveLength(3);
});

test.each(kprobes)(
  'selectors of $call compare declared arguments by operators of their types',
  ({ args, selectors }) => {
    const types = new Map(args.map(({ index, type }) => [index, type]));
    for (const { index, operator, values } of selectors.flatMap(({ matchArgs }) => matchArgs)) {
      expect(types.has(index)).toBe(true);
      expect(operator === 'Mask').toBe(types.get(index) === 'uint32');
      expect(values.filter((value) => value.length > 127)).toEqual([]);
    }
  },
);

const VALUES = z.object({
  tetragon: z.object({ enableProcessCred: z.literal(true), exportFilename: text, fieldFilters: text }),
});
const FLUENT_BIT = z.object({ config: z.object({ inputs: text, filters: text, outputs: text }) });

const tetragon = VALUES.parse(parse(readFileSync('tetragon/tetragon-values.yaml', 'utf8'))).tetragon;
const fluentBit = FLUENT_BIT.parse(parse(readFileSync('tetragon/fluent-bit-values.yaml', 'utf8'))).config;

test('no command line and no environment leaves the node', () => {
  expect(JSON.parse(tetragon.fieldFilters)).toEqual({
    fields: 'process.arguments,parent.arguments,process.environment_variables,parent.environment_variables',
    action: 'EXCLUDE',
  });
});

test('Fluent Bit reads the file that Tetragon writes, and writes lines as they are to the log group that the hub subscribes', () => {
  expect(fluentBit.inputs).toMatch(new RegExp(`Path +/var/run/cilium/tetragon/${tetragon.exportFilename}\\n`));
  expect(fluentBit.outputs).toMatch(/log_group_name +\/credlock\/tetragon\/DEMO\n/);
  expect(fluentBit.outputs).toMatch(/log_key +log\n/);
});

test('Fluent Bit keeps events of our policies and of fileless execution', () => {
  const [, pattern = ''] = /Regex +log (.+)\n/.exec(fluentBit.filters) ?? [];
  const isKept = (line: unknown): boolean => new RegExp(pattern).test(JSON.stringify(line));
  for (const { metadata } of policies) expect(isKept({ process_kprobe: { policy_name: metadata.name } })).toBe(true);
  expect(
    isKept({ process_exec: { process: { binary_properties: { file: { inode: { number: '1', links: 0 } } } } } }),
  ).toBe(true);
  expect(isKept({ inode: { links: '0' } })).toBe(true);
  expect(isKept({ process_kprobe: { policy_name: 'connect' } })).toBe(false);
  expect(isKept({ process_exec: { process: { binary: '/usr/bin/curl' } } })).toBe(false);
  expect(isKept({ inode: { links: 1 } })).toBe(false);
});
