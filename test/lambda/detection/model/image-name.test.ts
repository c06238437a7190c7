import { imageText, isImagePattern, matchesImage, parseImage } from '../../../../lambda/detection/model/image-name';

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['nginx:1.29', 'docker.io/library/nginx'],
  ['library/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
  ['quay/cilium/cilium', 'docker.io/quay/cilium/cilium'],
  ['Quay.IO/cilium/cilium:v1@sha256:0123', 'quay.io/cilium/cilium'],
  ['registry.example:5000/team/app:1', 'registry.example:5000/team/app'],
  ['localhost/app', 'localhost/app'],
  ['registry.example/app@sha256:0123', 'registry.example/app'],
])('the image %s is of %s', (image, text) => {
  expect(imageText(image)).toBe(text);
});

test.each(['', '/nginx', 'quay.io/', 'quay.io//cilium', 'a b', 'https://quay.io/cilium', 'nginx\n'])(
  '%j is no image',
  (text) => {
    expect(parseImage(text)).toBeNull();
    expect(imageText(text)).toBe(text);
    expect(matchesImage(text, text)).toBe(false);
  },
);

test.each([
  ['nginx', 'nginx:1.29', true],
  ['nginx', 'docker.io/library/nginx@sha256:0123', true],
  ['nginx', 'evil.example/library/nginx', false],
  ['nginx', 'nginx-evil', false],
  ['quay.io/cilium/*', 'quay.io/cilium/operator:v1', true],
  ['quay.io/cilium/*', 'quay.io/cilium-evil/cilium', false],
  ['quay.io/cilium/*', 'evil.example/quay.io/cilium/cilium', false],
  ['quay.io/cilium/*', 'quay.io.evil.example/cilium/cilium', false],
  ['quay.io/*', 'quay.io/cilium/cilium', true],
  ['quay.io/*', 'quay.io.example/cilium/cilium', false],
  ['registry.k8s.io/sig-storage/csi-*', 'registry.k8s.io/sig-storage/csi-provisioner', true],
  ['registry.k8s.io/sig-storage/csi-*', 'registry.k8s.io/sig-storage/livenessprobe', false],
  ['falcosecurity/*', 'falcosecurity/falco:0.41', true],
  ['falcosecurity/*', 'docker.io/falcosecurity/falco', true],
])('the pattern %s and the image %s: %s', (pattern, image, matches) => {
  expect(isImagePattern(pattern)).toBe(true);
  expect(matchesImage(pattern, image)).toBe(matches);
});

test.each(['*', 'quay.i*', 'quay.*/cilium', '*/cilium', 'quay.io/*/cilium', '/*', 'quay io/*', ''])(
  '%j is no pattern of images',
  (pattern) => {
    expect(isImagePattern(pattern)).toBe(false);
    expect(matchesImage(pattern, 'quay.io/cilium/cilium')).toBe(false);
  },
);
