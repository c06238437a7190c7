/** Who asks the API server. */
export interface AuditCaller {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly address: string;
  readonly userAgent: string;
}

export interface AuditRequest {
  readonly auditId: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly caller: AuditCaller;
  readonly verb: string;
  /** Path and query. */
  readonly uri: string;
  /** Absent: a path of no resource. */
  readonly object?: Readonly<Record<string, string>>;
  /** @default 200 */
  readonly status?: number;
  /** @default Metadata */
  readonly level?: 'Metadata' | 'Request' | 'RequestResponse';
  readonly sent?: unknown;
  readonly stored?: unknown;
  /** @default ResponseComplete */
  readonly stage?: 'ResponseStarted' | 'ResponseComplete';
  /** How long it took, in milliseconds. @default 8 */
  readonly took?: number;
  /** Of the authorizer. @default by a ClusterRoleBinding, or forbidden with status 401 and 403 */
  readonly reason?: string;
  /** Besides the decision of the authorizer. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Claimed by the client, in front of its address. */
  readonly forwardedFor?: readonly string[];
}

/** An `audit.k8s.io/v1` Event with its members in the order in which the API server writes them. */
export function auditEvent(request: AuditRequest): Readonly<Record<string, unknown>> {
  const { auditId, time, caller, verb, uri, object, status = 200, sent, stored, took = 8 } = request;
  const { forwardedFor = [] } = request;
  const { address, userAgent } = caller;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: request.level ?? 'Metadata',
    auditID: auditId,
    stage: request.stage ?? 'ResponseComplete',
    requestURI: uri,
    verb,
    user: userOf(caller),
    sourceIPs: [...forwardedFor, address],
    userAgent,
    ...(object && { objectRef: object }),
    responseStatus: {
      metadata: {},
      ...(isRefused(status) && { status: 'Failure', reason: 'Forbidden' }),
      code: status,
    },
    ...(sent !== undefined && { requestObject: sent }),
    ...(stored !== undefined && { responseObject: stored }),
    requestReceivedTimestamp: microseconds(time),
    stageTimestamp: microseconds(time + took),
    annotations: annotationsOn(request),
  };
}

function isRefused(status: number): boolean {
  return status === 401 || status === 403;
}

function userOf({ username, uid, groups, extra }: AuditCaller): object {
  return { username, ...(uid && { uid }), groups, ...(extra && { extra }) };
}

function annotationsOn({ status = 200, reason, annotations }: AuditRequest): object {
  const refused = isRefused(status);
  return {
    'authorization.k8s.io/decision': refused ? 'forbid' : 'allow',
    'authorization.k8s.io/reason': reason ?? (refused ? '' : 'RBAC: allowed by ClusterRoleBinding'),
    ...annotations,
  };
}

function microseconds(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}

/** The path of a resource: `/apis/apps/v1/namespaces/shop/deployments/web`. */
export function pathOf({ apiGroup, apiVersion = 'v1', namespace, resource, name, subresource }: AuditPath): string {
  const root = apiGroup === undefined ? '/api' : `/apis/${apiGroup}`;
  const place = namespace === undefined ? [] : ['namespaces', namespace];
  return [root, apiVersion, ...place, resource, name, subresource].filter((part) => part !== undefined).join('/');
}

export interface AuditPath {
  readonly apiGroup?: string;
  /** @default v1 */
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** `objectRef` of a path. */
export function objectOf({ apiVersion = 'v1', ...path }: AuditPath): Record<string, string> {
  const { resource, namespace, name, apiGroup, subresource } = path;
  return Object.fromEntries(
    Object.entries({ resource, namespace, name, apiGroup, apiVersion, subresource }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
