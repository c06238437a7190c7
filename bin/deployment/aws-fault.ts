import { messageOf } from '../terminal/error-message';

/** An error for the user: the action, the reason it failed and a remedy. */
export function awsFault(doing: string, error: unknown, hint = ''): Error {
  const remedy = hint || remedyOf(error);
  const message = messageOf(error).replace(/\.?\s*$/, '');
  return new Error(`cannot ${doing}: ${message}${remedy === '' ? '' : `. ${remedy}`}`, { cause: error });
}

/** True for the error names by which AWS services deny access. */
export function isDenied(error: unknown): boolean {
  const name = nameOf(error);
  return /^(?:AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized|Client\.UnauthorizedOperation)/.test(
    name,
  );
}

export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}

function remedyOf(error: unknown): string {
  const name = nameOf(error);
  const message = messageOf(error);
  if (name === 'CredentialsProviderError') return 'Set AWS_PROFILE, or sign in (`aws sso login`)';
  if (message.startsWith('Region is missing')) return 'Set AWS_REGION to the hub’s Region';
  if (
    /^(?:ExpiredToken|ExpiredTokenException|RequestExpired|InvalidClientTokenId|UnrecognizedClientException)$/.test(
      name,
    )
  )
    return 'Sign in again';
  if (isDenied(error))
    return 'Use the hub account’s operator role; docs/deploy.md lists the permissions of each command';
  return '';
}
