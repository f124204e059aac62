// The tools whose releases are killed and refused, each as its users type it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from './compare.js';
import { initGitFlow } from './peers.js';

const TAGSHIP = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * What is typed may be several commands, of which a tool that cannot push itself needs the second; typed again, all of
 * them are. `pushes` is whether the tool itself does.
 * @param {string} modules where the peers are installed
 * @returns {readonly { name: string, pushes: boolean, prepare: (cwd: string) => void, typed: string[][] }[]}
 */
export function contenders(modules) {
  const node = (path, ...args) => [process.execPath, join(modules, path), ...args];
  return [
    {
      name: 'tagship',
      pushes: true,
      prepare: () => {},
      typed: [[process.execPath, TAGSHIP, 'release', 'patch', '--yes', '--no-checks']],
    },
    {
      name: 'git flow',
      pushes: true,
      prepare: startedGitFlow,
      typed: [['git', 'flow', 'release', 'finish', '--push', '-m', 'Release 0.1.1', '0.1.1']],
    },
    {
      name: 'release-it',
      pushes: true,
      prepare: onMain,
      // npm only writes the version; nothing is published and no registry is asked.
      typed: [
        node(
          'release-it/bin/release-it.js',
          'patch',
          '--ci',
          '--npm.publish=false',
          '--npm.skipChecks',
          '--git.tagName=v${version}',
        ),
      ],
    },
    {
      name: 'commit-and-tag-version',
      pushes: false,
      prepare: onMain,
      typed: [
        node('commit-and-tag-version/bin/cli.js', '--release-as', 'patch'),
        ['git', 'push', '--follow-tags', 'origin', 'main'],
      ],
    },
    { name: 'bumpp', pushes: true, prepare: onMain, typed: [node('bumpp/bin/bumpp.mjs', 'patch', '--yes')] },
  ];
}

/** Git flow's release is begun and its version written: the finish is what is killed. */
function startedGitFlow(cwd) {
  initGitFlow(cwd);
  must('git', ['flow', 'release', 'start', '0.1.1'], { cwd });
  const pubspec = join(cwd, 'pubspec.yaml');
  writeFileSync(pubspec, readFileSync(pubspec, 'utf8').replace(/version: .*/, 'version: 0.1.1'));
  must('git', ['commit', '-q', '-am', 'chore(release): 0.1.1'], { cwd });
}

/** The others know no develop: they release the branch that they are on. */
function onMain(cwd) {
  must('git', ['switch', '-q', 'main'], { cwd });
  must('git', ['merge', '-q', '--ff-only', 'develop'], { cwd });
  must('git', ['push', '-q', 'origin', 'main'], { cwd });
}
