/** A line of Falco on a binary that is not of the image. Fields replace those of the output, and members those of the line. */
export function falcoLine(
  fields: Readonly<Record<string, unknown>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    hostname: 'ip-10-0-1-23.eu-west-1.compute.internal',
    output: '10:00:00.682419669: Critical Executing binary not part of base image',
    output_fields: {
      'container.id': '3f1c9a70b2de',
      'container.image.repository': 'docker.io/library/ubuntu',
      'container.image.tag': '24.04',
      'container.name': 'crypto',
      'k8s.ns.name': 'default',
      'k8s.pod.name': 'crypto',
      'proc.exepath': '/usr/bin/curl',
      'proc.name': 'curl',
      'proc.pname': 'bash',
      'user.name': 'root',
      ...fields,
    },
    priority: 'Critical',
    rule: 'Drop and execute new binary in container',
    source: 'syscall',
    tags: ['container'],
    time: '2026-09-01T10:00:00.682419669Z',
    ...members,
  };
}

/** A process as Tetragon describes it. */
export function tetragonProcess(binary: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    exec_id: 'aXAtMTAtMC0xLTIzOjEzNTQ4Njc0MzIxMzczOjUyNjk5',
    pid: 52_699,
    binary,
    start_time: '2026-09-01T10:00:00.127597580Z',
    pod: {
      namespace: 'default',
      name: 'crypto',
      container: { id: 'containerd://551e161c47d8', name: 'crypto', image: { name: 'docker.io/library/ubuntu:24.04' } },
      workload: 'crypto',
      workload_kind: 'Pod',
    },
    ...more,
  };
}

/** A line of Tetragon on a program without a file. */
export function tetragonLine(process: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    process_exec: {
      process: tetragonProcess('/proc/self/fd/3', {
        binary_properties: { file: { inode: { number: '45021', links: 0 } } },
        ...process,
      }),
      parent: tetragonProcess('/usr/bin/python3'),
    },
    node_name: 'ip-10-0-1-23.eu-west-1.compute.internal',
    time: '2026-09-01T10:00:00.700326678Z',
  };
}
