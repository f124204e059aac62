import { text } from 'node:stream/consumers';
import { EXIT, Problem } from '../core/problem.ts';
import type { CommandModule, Context, Run } from './command.ts';

interface HookOptions {
  readonly install?: boolean;
}

type Hook = (context: Context, options: HookOptions) => ReturnType<Run>;

/** A hook is loaded when git calls it: most have nothing to do. */
const HOOKS: Readonly<Record<string, Hook>> = {
  'post-receive': async (context, { install }) =>
    install
      ? (await import('./install-post-receive.ts')).installPostReceive(context)
      : (await import('./post-receive.ts')).postReceive(context, await text(process.stdin)),
};

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<name>', `the hook git calls: ${Object.keys(HOOKS).join(', ')}`)
    .argument('[args...]', 'what git passes to it')
    .option('--install', 'write the hook into the bare repository here')
    .action((name: string, _args: string[], options: HookOptions) =>
      finish((context) => {
        const hook = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined;
        if (hook !== undefined) return hook(context, options);
        throw new Problem({
          code: 'unknown-hook',
          what: `tagship has no hook ${name}`,
          fix: `use one of: ${Object.keys(HOOKS).join(', ')}`,
          exit: EXIT.usage,
        });
      }),
    );
};
