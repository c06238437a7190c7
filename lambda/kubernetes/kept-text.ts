/** JSON web tokens, tokens of `aws eks get-token`, session tokens of AWS. */
const TOKEN = /eyJ[\w-]{8,}\.[\w.-]*|k8s-aws-v1\.[\w-]*|(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[\w+/=%-]*/g;
/** The beginnings of `TOKEN`, which few texts have. */
const MAY_BE_TOKEN = /eyJ|k8s-aws-v1|IQoJ|FwoG|FQoG|AQoD/;

/** Longer than any name, path or image that the API server accepts in the fields that are read. */
const LONGEST = 4_096;

/** The text, without tokens and not longer than `longest` characters; null when it is no text or empty. */
export function keptText(value: unknown, longest = LONGEST): string | null {
  if (typeof value !== 'string' || value === '') return null;
  const clean = MAY_BE_TOKEN.test(value) ? value.replace(TOKEN, '[removed]') : value;
  return clean.length > longest ? clean.slice(0, longest) : clean;
}
