import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { refuseKeptByNpm } from '../../src/cli/npm-kept.ts';
import type { Problem } from '../../src/core/problem.ts';

const command = () =>
  new Command('release')
    .option('--dry-run', '')
    .option('-y, --yes', '')
    .option('--pre <id>', '')
    .option('--merge-back <how>', '')
    .option('--pr', '')
    .option('--no-pr', '')
    .option('--no-push', '');

function kept(environment: NodeJS.ProcessEnv, words: readonly string[], script = 'tagship release minor') {
  const npm = { npm_command: 'run-script', npm_lifecycle_event: 'release:minor', npm_lifecycle_script: script };
  try {
    refuseKeptByNpm({ ...npm, ...environment }, command(), words);
  } catch (error) {
    return (error as Problem).fix;
  }
  return undefined;
}

const RELEASE = ['release', 'minor'];

describe('options that npm kept for itself', () => {
  it.each([
    [{ npm_config_dry_run: 'true' }, RELEASE, 'npm run release:minor -- --dry-run'],
    [{ npm_config_dry_run: 'true', npm_config_push: '' }, RELEASE, 'npm run release:minor -- --dry-run --no-push'],
    [{ npm_config_pre: 'true' }, [...RELEASE, 'beta'], 'npm run release:minor -- --pre beta'],
    [{ npm_config_merge_back: 'later' }, RELEASE, 'npm run release:minor -- --merge-back later'],
    [{ npm_config_pr: 'true' }, RELEASE, 'npm run release:minor -- --pr'],
    [{ npm_config_pr: '' }, RELEASE, 'npm run release:minor -- --no-pr'],
  ])('%j are told with the command that was meant', (environment, words, next) => {
    expect(kept(environment, words)).toBe(next);
  });

  it('come behind what the command was given', () => {
    const environment = { npm_config_dry_run: 'true', npm_lifecycle_event: 'hotfix' };
    expect(kept(environment, ['hotfix', 'urgent'], 'tagship hotfix')).toBe('npm run hotfix -- urgent --dry-run');
  });

  it.each([
    ['--yes, which changes nothing', { npm_config_yes: 'true' }],
    ['none', {}],
    ['of npm publish, which runs scripts too', { npm_command: 'publish', npm_config_dry_run: 'true' }],
    ['of npx', { npm_command: 'exec', npm_lifecycle_event: 'npx', npm_config_dry_run: 'true' }],
    ['of a script that came by here', { npm_lifecycle_script: 'sh build.sh', npm_config_dry_run: 'true' }],
    ['that are switched off', { npm_config_dry_run: 'false' }],
  ])('are not seen in %s', (_what, environment) => {
    expect(kept(environment, RELEASE)).toBeUndefined();
  });
});
