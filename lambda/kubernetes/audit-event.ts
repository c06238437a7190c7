import type { Cluster } from './cluster';

/** Texts are bounded, and tokens in them are replaced. */
export interface AuditUser {
  readonly username: string | null;
  readonly groups: readonly string[];
  /** Of the AWS session that was exchanged for the cluster's token; null for other kinds of users. */
  readonly awsArn: string | null;
  readonly accessKeyId: string | null;
  /** Of the user's AWS session, pod, node and credential. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface AuditObject {
  readonly resource: string;
  readonly subresource: string | null;
  readonly apiGroup: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uid: string | null;
}

/** A request to the API server of a cluster, as its audit log states it when the response began or was complete. */
export interface AuditEvent {
  /** `<clusterKey>/<auditID>`: both stages of a request have the same. Clients may choose the audit id. */
  readonly id: string;
  readonly auditId: string;
  readonly cluster: Cluster;
  /** When the request was received, in epoch milliseconds. */
  readonly time: number;
  readonly stage: 'ResponseStarted' | 'ResponseComplete';
  readonly verb: string | null;
  /** Path and query. Of a command only the first word is kept, and of the query the known parameters. */
  readonly requestUri: string;
  /** The user who authenticated. */
  readonly user: AuditUser;
  /** The user whose permissions were used, if another. */
  readonly impersonated: AuditUser | null;
  /** Canonical address of the connection: the last of `sourceIPs`. */
  readonly source: string | null;
  /** The other `sourceIPs`, which clients can set as they like. */
  readonly claimedSources: readonly string[];
  readonly userAgent: string | null;
  readonly object: AuditObject | null;
  /** The HTTP status; null where the record has none. */
  readonly status: number | null;
  /** The authorizer's decision; null where the record has none. */
  readonly allowed: boolean | null;
  /**
   * The object as it was stored, else as it was sent: a manifest, a patch or a list of JSON patch operations, reduced to the
   * members that `keptManifest` keeps; null where the record has none.
   */
  readonly manifest: unknown;
  readonly manifestFrom: 'response' | 'request' | null;
  /** The API server left the objects out, or the line was cut and only its beginning was read. */
  readonly truncated: boolean;
  /** The authorizer's decision and reason, `stale-token` and `issued-credential-id`; by their full names. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Why a line is no usable event. */
export interface AuditFault {
  readonly fault: string;
}
