import { execa } from 'execa';
import { endGroup } from './end-group.ts';
import { withoutGitVariables } from './git-variables.ts';
import { lineSplitter, scriptCommand, scriptInput } from './host-script.ts';
import type { Host } from './ports.ts';
import { unlessAborted } from './unless-aborted.ts';

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
        // A Ctrl-C is for us to judge: it must not tear a script that writes a run apart.
        detached: true,
      });
      child.stdout.setEncoding('utf8').on('data', lines.push);
      // Not waited for: a child of the script that cannot be ended would hold us as well.
      const { exitCode, stdout, stderr } = await unlessAborted(child, signal, () => endGroup(child.pid));
      // Of a line that a kill tore, nobody knows the rest.
      if (exitCode !== undefined) lines.end();
      return { exitCode, stdout, stderr };
    },
    close: async () => {},
  };
}
