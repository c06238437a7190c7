import type { Source } from './origin';

/**
 * The fields of a CloudTrail record that are used, without its wrapper and without secrets (`sessionToken`).
 */
export interface CloudTrailRecord {
  readonly eventId: string;
  readonly sharedEventId: string | null;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Account whose trail has the record (`recipientAccountId`), else the caller's account. */
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, …: from the identity's ARN, else from the Region's name. */
  readonly partition: string;
  /** `ec2.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  readonly errorCode: string | null;
  readonly userAgent: string | null;
  /** True for eventVersion below 1.08 (compared as numbers); false when absent or unreadable. */
  readonly legacy: boolean;
  readonly identity: CallerIdentity;
  readonly source: Source | null;
  /** An AwsServiceEvent, which reports no call. */
  readonly serviceEvent: boolean;
  /** `serviceEventDetails` as written; of service events only. */
  readonly details: unknown;
  /** A data event (`eventCategory`, or `managementEvent` in older records). */
  readonly dataEvent: boolean;
  /** `sessionCredentialFromConsole` is "true". */
  readonly fromConsole: boolean;
  /** `additionalEventData.AuthenticationMethod` is `QueryString`. */
  readonly presigned: boolean;
  readonly request: unknown;
  /** The record's own list of what the call is about. */
  readonly resources: unknown;
  /** Without `credentials.sessionToken`. */
  readonly response: unknown;
}

export interface CallerIdentity {
  readonly type: string | null;
  readonly arn: string | null;
  readonly principalId: string | null;
  readonly accountId: string | null;
  /** Null when absent or empty. */
  readonly accessKeyId: string | null;
  readonly userName: string | null;
  readonly invokedBy: string | null;
  /** `sessionContext.ec2RoleDelivery`: "1.0" or "2.0". */
  readonly ec2RoleDelivery: string | null;
  /** ARN of `sessionContext.sessionIssuer` (keeps the role's path). */
  readonly sessionIssuerArn: string | null;
  /** `inScopeOf`, null unless both texts are there. */
  readonly inScopeOf: { readonly issuerType: string; readonly credentialsIssuedTo: string } | null;
}

/** Of records that do not show who called. */
export const NO_IDENTITY: CallerIdentity = {
  type: null,
  arn: null,
  principalId: null,
  accountId: null,
  accessKeyId: null,
  userName: null,
  invokedBy: null,
  ec2RoleDelivery: null,
  sessionIssuerArn: null,
  inScopeOf: null,
};
