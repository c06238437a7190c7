import { matchesImage, parseImage } from '../detection/model/image-name';

/** Accounts of the registries from which EKS clusters get AWS's images (EKS user guide, "add-ons-images"). */
const ACCOUNTS: ReadonlySet<string> = new Set([
  '013241004608',
  '066635153087',
  '121268973566',
  '151610086707',
  '151742754352',
  '296578399912',
  '333609536671',
  '455263428931',
  '491585149902',
  '533267051163',
  '558608220178',
  '590381155156',
  '602401143452',
  '730335286997',
  '759879836304',
  '761377655185',
  '800184023465',
  '877085696533',
  '877088126301',
  '900612956339',
  '900889452093',
  '918309763551',
  '961992271922',
]);
const REGISTRY =
  /^(\d{12})\.dkr(?:\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)|-ecr(?:-fips)?\.[a-z0-9-]+\.on\.(?:aws|amazonwebservices\.com\.cn))$/;
const PUBLIC = ['public.ecr.aws/eks/*', 'public.ecr.aws/eks-distro/*'];

/** True for an image in a registry of AWS's own for EKS. */
export function isImageOfAws(image: string): boolean {
  const account = REGISTRY.exec(parseImage(image)?.registry ?? '')?.[1];
  return (account !== undefined && ACCOUNTS.has(account)) || isListedImage(image, PUBLIC);
}

export function isListedImage(image: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesImage(pattern, image));
}
