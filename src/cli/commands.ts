import type { Context } from './command.ts';
import { type CommandTable, route } from './route.ts';

/** A command is loaded when it is called, so that a hook that has nothing to do costs next to nothing. */
const COMMANDS: CommandTable = {
  init: { summary: 'set an app up: configuration, npm scripts, hooks', load: () => import('./init.ts') },
  release: { summary: 'cut a release: version, changelog, merges, tag, push', load: () => import('./release.ts') },
  hotfix: { summary: 'begin or finish a fix to production', load: () => import('./hotfix.ts') },
  deploy: { summary: 'ship a tag to an environment', load: () => import('./deploy.ts') },
  rollback: { summary: 'bring the previous deployed release back', load: () => import('./rollback.ts') },
  status: { summary: 'what an environment runs, and whether it is healthy', load: () => import('./status.ts') },
  history: {
    summary: 'what was deployed to an environment, when, and how it ended',
    load: () => import('./history.ts'),
  },
  logs: { summary: 'what the containers of an environment said', load: () => import('./logs.ts') },
  exec: { summary: 'run a command in a container of an environment', load: () => import('./exec.ts') },
  prune: {
    summary: 'remove images and records of releases that are long past',
    load: () => import('./prune.ts'),
  },
  unlock: {
    summary: 'explain who holds the lock of an environment, and why nothing need be unlocked',
    load: () => import('./unlock.ts'),
  },
  host: {
    summary: 'have the hosts of an environment end by themselves what a power cut interrupted',
    load: () => import('./host.ts'),
  },
  check: {
    summary: 'run the quality gates now, so that a push does not wait for them',
    load: () => import('./check.ts'),
  },
  push: { summary: 'run what a push asks for, then push', load: () => import('./push.ts') },
  doctor: { summary: 'what keeps hooks from running, and how it is put right', load: () => import('./doctor.ts') },
  infra: { summary: 'configure the servers themselves, with Ansible', load: () => import('./infra.ts') },
  hook: { summary: 'what git hooks call', load: () => import('./hook.ts') },
};

/** Runs what the words name. Returns the exit status. */
export function run(argv: readonly string[], hookInput: NonNullable<Context['hookInput']>): Promise<number> {
  return route(argv, COMMANDS, hookInput);
}
