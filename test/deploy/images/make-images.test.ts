import { expect, it, onTestFinished } from 'vitest';
import { makeImages, type Workshop } from '../../../src/deploy/images/make-images.ts';
import type { WantedImage } from '../../../src/deploy/images/wanted.ts';
import { diskFiles } from '../../../src/io/files.ts';
import { openGit } from '../../../src/io/git.ts';
import { AppFolder } from '../../support/app-folder.ts';
import { ToyHost } from '../../support/toy-run.ts';

it('services that a host names are never taken for options of Compose', async () => {
  const app = new AppFolder({ 'docker-compose.yml': 'services: {}\n' });
  onTestFinished(() => app.dispose());
  const plan = new ToyHost().plan({ forward: [] });
  const about = { ...plan.details.about, commit: app.commit() };
  const calls: (readonly string[])[] = [];
  const docker: Workshop['docker'] = {
    run: async (args) => {
      calls.push(args);
      return { exitCode: 0, signal: undefined, stdout: 'linux/amd64\n', stderr: '' };
    },
    stream: async function* () {},
  };
  const workshop = { git: openGit(app.folder, process.env), docker, files: diskFiles, made: new Map() };
  const service = (name: string, source: WantedImage['source']) => ({ service: name, image: 'app', source });
  const services = [service('--push', 'build'), service('worker', 'shared'), service('--ignore-buildable', 'pull')];
  const wanted = { project: 'app', platform: 'linux/amd64', services, ids: new Map(), layers: undefined };
  await makeImages(workshop, { ...plan, details: { ...plan.details, about } }, wanted, () => {});
  expect(calls.slice(1)).toEqual([
    ['compose', 'build', '--quiet', '--', '--push'],
    ['compose', 'pull', '--quiet', '--', '--ignore-buildable'],
  ]);
});
