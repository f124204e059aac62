import { expect, it } from 'vitest';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells } from '../support/host-shells.ts';

const TOLD = ['mirror.example/nginx', 'nginx', 'grist/nginx', 'grist/grist', 'r.example:5000/library/nginx'];

it.each([
  ['nginx:1.27', 'nginx'],
  ['docker.io/library/nginx', 'nginx'],
  ['index.docker.io/library/nginx:1.27', 'nginx'],
  ['docker.io/nginx', 'nginx'],
  ['library/nginx@sha256:00', 'nginx'],
  ['docker.io/grist/grist:1', 'grist/grist'],
  ['r.example:5000/library/nginx:1', 'r.example:5000/library/nginx'],
  ['r.example:5000/nginx', undefined],
  ['built-here', undefined],
] as const)('the digest of an image is found by whatever name it was asked for: %s', (name, repository) => {
  const app = new AppFolder();
  const digests = TOLD.map((one, index) => `${one}@sha256:${index}`);
  const docker = `docker() { printf '%s\\n' ${digests.join(' ')}; }`;
  const wanted = digests.find((digest) => digest.startsWith(`${repository}@`)) ?? '-';
  for (const shell of hostShells()) expect(app.run(shell, `${docker}; digest_of '${name}' id`)).toBe(`${wanted}\n`);
});
