import { execa } from 'execa';
import type { Programs } from './ports.ts';

/** Programs of this machine, started in `cwd` and without a standard input. */
export function localPrograms(cwd: string, environment: NodeJS.ProcessEnv): Programs {
  return {
    run: async (program, args, { env, timeout, cwd: folder, signal: abort }) => {
      const options = {
        cwd: folder ?? cwd,
        ...(abort === undefined ? {} : { cancelSignal: abort }),
        env: { ...environment, ...env },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
      } as const;
      const { exitCode, signal, stdout, stderr, code } = await execa(program, args, { ...options, timeout });
      return code === 'ENOENT' ? undefined : { exitCode, signal, stdout, stderr };
    },
  };
}
