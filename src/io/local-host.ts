import { execa } from 'execa';
import { lineSplitter, scriptCommand, scriptInput } from './host-script.ts';
import type { Host } from './ports.ts';

/**
 * This machine as a host: the same scripts, through the same shell, as over SSH.
 * @param environment of every script; a git hook's own variables must not be in it.
 */
export function openLocalHost(environment: NodeJS.ProcessEnv): Host {
  return {
    name: 'local',
    run: async (script, { args = [], onLine, signal } = {}) => {
      const lines = lineSplitter(onLine ?? (() => {}));
      const child = execa('sh', ['-c', `exec ${scriptCommand(args)}`], {
        input: scriptInput(script),
        env: environment,
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
