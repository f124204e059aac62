import { expect, it } from 'vitest';
import { omittedFiles } from '../../../src/deploy/images/layers.ts';
import { parseWanted } from '../../../src/deploy/images/wanted.ts';

const image = (tag: string, ...Layers: readonly string[]) => ({ Config: 'c', RepoTags: [tag], Layers });
const omitted = (
  images: readonly object[],
  layersOf: Readonly<Record<string, readonly string[]>>,
  ...present: readonly (readonly string[])[]
) => [...omittedFiles(JSON.stringify(images), new Map(Object.entries(layersOf)), present)];

it('layers that are there on top of the same ones are not sent', () => {
  const images = [image('app:v2', 'base.tar', 'deps.tar', 'app.tar')];
  const layers = { 'app:v2': ['base', 'deps', 'new'] };
  expect(omitted(images, layers, ['base', 'deps', 'old'])).toEqual(['base.tar', 'deps.tar']);
  expect(omitted(images, layers, ['other', 'deps'])).toEqual([]);
  expect(omitted(images, layers)).toEqual([]);
});

it('a file that another image needs is sent', () => {
  const images = [image('one:1', 'base.tar', 'same.tar'), image('two:1', 'other.tar', 'same.tar')];
  const layers = { 'one:1': ['base', 'same'], 'two:1': ['other', 'same'] };
  expect(omitted(images, layers, ['base', 'same'])).toEqual(['base.tar']);
});

it('an image is known by its name with and without "latest"; one whose layers are not known is sent whole', () => {
  expect(omitted([image('app:latest', 'a.tar')], { app: ['a'] }, ['a'])).toEqual(['a.tar']);
  expect(omitted([image('else:1', 'a.tar')], { app: ['a'] }, ['a'])).toEqual([]);
  expect(omitted([{ RepoTags: null, Layers: ['a.tar'] }], { app: ['a'] }, ['a'])).toEqual([]);
});

it('what a host needs and has is read line by line', () => {
  const text = `project shop
platform linux/arm64
service web shop-web build
service worker shop-web shared
service db postgres:16 -
image postgres:16 sha256:abc
omits
layers ["sha256:1","sha256:2"]
layers null
`;
  expect(parseWanted(text)).toEqual({
    project: 'shop',
    platform: 'linux/arm64',
    services: [
      { service: 'web', image: 'shop-web', source: 'build' },
      { service: 'worker', image: 'shop-web', source: 'shared' },
      { service: 'db', image: 'postgres:16', source: 'pull' },
    ],
    ids: new Map([['postgres:16', 'sha256:abc']]),
    layers: [['sha256:1', 'sha256:2'], []],
  });
  expect(parseWanted('project shop\n').layers).toBeUndefined();
});
