import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import type { Found } from '../../kubernetes/act';
import type { Alarm } from '../alarm';
import { alarmFinding, isExpectedImage, unexpectedImage } from '../alarm-finding';

/** A library was loaded that is not of its container's image. */
export function newLibrary(alarm: Alarm, settings: KubernetesSettings): Found | null {
  const { binary, library, rule } = alarm;
  if (isExpectedImage(alarm, settings) || settings.libraryPaths.some((one) => matchesPath(one, library))) return null;
  const file = library ?? 'an unknown library';
  return alarmFinding(alarm, {
    subject: file,
    title: `new library ${file}`,
    saw: `${binary ?? 'a program'} load the new library ${file}`,
    evidence: [`The rule "${rule}" reports libraries whose files were made or changed in the running container.`],
    ruledOut: [
      { explanation: 'expected-library', because: `${file} matches none of libraryPaths` },
      unexpectedImage(alarm),
    ],
  });
}

/** `*` stands for any characters but `/`. A path with `..` in it may be any other. */
function matchesPath(pattern: string, path: string | null): boolean {
  if (path === null || path.split('/').includes('..')) return false;
  const parts = path.split('/');
  const wanted = pattern.split('/');
  return parts.length === wanted.length && wanted.every((one, at) => matchesPart(one, parts[at] ?? ''));
}

/** Piece by piece, so that no pattern takes long. */
function matchesPart(pattern: string, part: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return part === first;
  if (!part.startsWith(first) || !part.endsWith(last) || part.length < first.length + last.length) return false;
  const end = part.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = part.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
