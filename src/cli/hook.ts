import { EXIT, Problem } from '../core/problem.ts';
import type { CommandModule, Context, Run } from './command.ts';

interface HookOptions {
  readonly install?: boolean;
}

type Hook = (context: Context, options: HookOptions, args: readonly string[]) => ReturnType<Run>;

/** A hook is loaded when git calls it: most have nothing to do. */
const HOOKS: Readonly<Record<string, Hook>> = {
  'pre-commit': async (context) => (await import('./pre-commit.ts')).preCommit(context),
  'commit-msg': async (context, _options, args) => (await import('./commit-msg.ts')).commitMsg(context, args),
  'pre-push': async (context, _options, args) =>
    (await import('./pre-push.ts')).prePush(context, args, context.hookInput?.()),
  'pre-receive': async (context, { install }) =>
    install
      ? (await import('./install-server-hook.ts')).installServerHook(context, 'pre-receive')
      : (await import('./pre-receive.ts')).preReceive(context, context.hookInput?.()),
  'post-receive': async (context, { install }) =>
    install
      ? (await import('./install-server-hook.ts')).installServerHook(context, 'post-receive')
      : (await import('./post-receive.ts')).postReceive(context, context.hookInput?.() ?? ''),
};

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<name>', `the hook git calls: ${Object.keys(HOOKS).join(', ')}`)
    .argument('[args...]', 'what git passes to it')
    .option('--install', 'write the hook into the bare repository here')
    .action((name: string, args: string[], options: HookOptions) =>
      finish((context) => {
        const hook = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined;
        if (hook !== undefined) return hook(context, options, args);
        throw new Problem({
          code: 'unknown-hook',
          what: `tagship has no hook ${name}`,
          fix: `use one of: ${Object.keys(HOOKS).join(', ')}`,
          exit: EXIT.usage,
        });
      }),
    );
};
