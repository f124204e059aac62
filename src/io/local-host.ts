import { execa } from 'execa';
import { withoutGitVariables } from './git-variables.ts';
import { lineSplitter, scriptCommand, scriptInput } from './host-script.ts';
import type { Host } from './ports.ts';

/**
 * This machine as a host: the same scripts, through the same shell, as over SSH.
 * @param environment of every script, but for what a git hook would tell them about its own repository
 */
export function openLocalHost(environment: NodeJS.ProcessEnv): Host {
  const env = withoutGitVariables(environment);
  return {
    name: 'local',
    run: async (script, { args = [], onLine, signal } = {}) => {
      const lines = lineSplitter(onLine ?? (() => {}));
      const child = execa('sh', ['-c', `exec ${scriptCommand(args)}`], {
        input: scriptInput(script),
        env,
        extendEnv: false,
        reject: false,
        stripFinalNewline: false,
        maxBuffer: 100_000_000,
        ...(signal === undefined ? {} : { cancelSignal: signal }),
      });
      child.stdout.setEncoding('utf8').on('data', lines.push);
      const { exitCode, stdout, stderr } = await child;
      lines.end();
      signal?.throwIfAborted();
      return { exitCode, stdout, stderr };
    },
    close: async () => {},
  };
}
