import { Readable } from 'node:stream';
import { execa } from 'execa';
import { endGroup } from './end-group.ts';
import { withoutGitVariables } from './git-variables.ts';
import { feedCommand, lineSplitter, SCRIPT_COMMAND, scriptInput } from './host-script.ts';
import type { Host, ScriptOptions, ScriptResult } from './ports.ts';
import { unlessAborted } from './unless-aborted.ts';

/**
 * This machine as a host: the same scripts, through the same shell, as over SSH.
 * @param environment of every script, but for what a git hook would tell them about its own repository
 */
export function openLocalHost(environment: NodeJS.ProcessEnv): Host {
  const env = withoutGitVariables(environment);
  return {
    name: 'local',
    run: (script, options = {}) => execute(env, `exec ${SCRIPT_COMMAND}`, scriptInput(script, options.args), options),
    feed: (script, input, options = {}) =>
      execute(env, `exec ${feedCommand(script, options.args ?? [])}`, Readable.from(input), options),
    attach: async (script) => {
      const { exitCode } = await execa('sh', ['-c', script], {
        stdio: 'inherit',
        env,
        extendEnv: false,
        reject: false,
      });
      return exitCode;
    },
    close: async () => {},
  };
}

async function execute(
  env: NodeJS.ProcessEnv,
  command: string,
  input: string | Readable,
  { onLine, signal }: ScriptOptions,
): Promise<ScriptResult> {
  const lines = lineSplitter(onLine ?? (() => {}));
  let broken: Error | undefined;
  if (typeof input !== 'string') input.once('error', (error) => (broken = error));
  const child = execa('sh', ['-c', command], {
    input,
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
  if (broken !== undefined) throw broken;
  // Of a line that a kill tore, nobody knows the rest.
  if (exitCode !== undefined) lines.end();
  return { exitCode, stdout, stderr };
}
