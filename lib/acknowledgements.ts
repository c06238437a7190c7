import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag that is not followed, and why. */
export interface Acknowledgement {
  readonly id: string;
  readonly reason: string;
}

/** All of them: each finding by its own id, so that a new one of the same rule still fails. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [];

/** Tells cdk-nag which of its findings are meant. */
export function acknowledge(scope: IConstruct): void {
  Validations.of(scope).acknowledge(...ACKNOWLEDGEMENTS);
}
