import { execa } from 'execa';
import { EXIT, Problem } from '../core/problem.ts';
import type { Docker } from './ports.ts';
import { localPrograms } from './programs.ts';

/** The docker of this machine. */
export function openDocker(environment: NodeJS.ProcessEnv): Docker {
  const programs = localPrograms('/', environment);
  return {
    run: async (args, options) => (await programs.run('docker', args, options)) ?? missing(),
    stream: async function* (args) {
      const child = execa('docker', args, {
        env: environment,
        extendEnv: false,
        stdin: 'ignore',
        buffer: { stdout: false },
        reject: false,
      });
      for await (const chunk of child.iterable({ binary: true })) {
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      }
      const { exitCode, stderr, shortMessage } = await child;
      if (exitCode !== 0) throw failed(args, stderr || String(shortMessage));
    },
  };
}

function missing(): never {
  throw new Problem({
    code: 'docker-missing',
    what: 'there is no docker here to make the images with',
    why: 'images: stream builds them where tagship runs',
    fix: 'sudo apt-get install docker.io docker-compose   (or set images: build)',
    exit: EXIT.refused,
  });
}

function failed(args: readonly string[], why: string): Problem {
  return new Problem({
    code: 'docker-failed',
    what: `docker ${args.slice(0, 2).join(' ')} failed here`,
    why,
    fix: 'mend what docker says, then run the same command again',
    exit: EXIT.refused,
  });
}
