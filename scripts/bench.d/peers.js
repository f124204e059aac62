// Tools that tagship is compared with, fetched into a throw-away folder: no user of tagship needs them.
import { join } from 'node:path';
import { must } from './compare.js';

/** @returns {string} the folder that holds the packages, npm's node_modules */
export function installPeers(folder, packages) {
  const home = join(folder, 'peers');
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  must('npm', ['install', '--prefix', home, ...quiet, ...packages], {});
  return join(home, 'node_modules');
}

/** Sets `git flow` up with the branch names and the tags that tagship has by default. */
export function initGitFlow(cwd) {
  const settings = {
    'branch.master': 'main',
    'branch.develop': 'develop',
    'prefix.release': 'release/',
    'prefix.versiontag': 'v',
  };
  for (const [key, value] of Object.entries(settings)) must('git', ['config', `gitflow.${key}`, value], { cwd });
  must('git', ['flow', 'init', '-d'], { cwd });
}
