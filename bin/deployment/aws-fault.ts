import { messageOf } from '../terminal/error-message';

/** An error for people: what was tried, why it failed, and what helps. */
export function awsFault(doing: string, error: unknown, hint = ''): Error {
  const remedy = hint || remedyOf(error);
  const message = messageOf(error).replace(/\.?\s*$/, '');
  return new Error(`cannot ${doing}: ${message}${remedy === '' ? '' : `. ${remedy}`}`, { cause: error });
}

/** Whether AWS refused because of permissions, in the words of any of its services. */
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
    return 'The hub account’s operator role may do this; docs/deploy.md lists what each command may do';
  return '';
}
