import { readConfig } from '../config/load.ts';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { type PushedRelease, type PushedTag, pushedTags, type Shipment, shipments } from '../deploy/trigger.ts';
import { openGit } from '../io/git.ts';
import type { Git } from '../io/ports.ts';
import { orInterrupted } from './broken-off.ts';
import type { Context } from './command.ts';
import { findEnvironment } from './environment.ts';
import { exitOf, renderFailure } from './render.ts';
import { ship } from './ship.ts';
import { worstExit } from './worst-exit.ts';

/**
 * Deploys the release tags of a push, as git tells them on standard input. What it says reaches the pusher; the push
 * itself is done already and cannot be refused any more.
 */
export async function postReceive(context: Context, input: string): Promise<ExitCode> {
  const { terminal } = context;
  const tags = pushedTags(input);
  if (tags.length === 0) return EXIT.done;
  // git names the repository in GIT_DIR, relative to where it starts the hook.
  const git = openGit(context.cwd, process.env);
  const releases: PushedRelease[] = [];
  const exits: ExitCode[] = [];
  for (const pushed of tags) {
    try {
      releases.push({ ...pushed, config: await configOf(git, pushed) });
    } catch (error) {
      exits.push(report(context, `${pushed.tag} is not deployed`, error));
    }
  }
  const wanted = shipments(releases);
  if (wanted.length === 0 && exits.length === 0) {
    terminal.err(`no environment of tagship.yaml is deployed by ${tags.map(({ tag }) => tag).join(', ')}\n`);
  }
  for (const shipment of wanted) exits.push(await deploy(context, git, shipment));
  return worstExit(exits);
}

/** The configuration that the tag itself brings: a release is deployed by its own rules. */
async function configOf(git: Git, { id }: PushedTag) {
  return readConfig(await readAt(git, id, 'tagship.yaml'));
}

async function readAt(git: Git, id: string, path: string): Promise<string | undefined> {
  const [content] = await git.readObjects([`${id}:${path}`]);
  return content?.toString('utf8');
}

async function deploy(context: Context, git: Git, { environment, release }: Shipment): Promise<ExitCode> {
  const { terminal } = context;
  try {
    terminal.err(`deploying ${release.tag} to ${environment}\n`);
    const named = await findEnvironment(release.config, environment, (path) => readAt(git, release.id, path));
    const wanted = { kind: 'deploy', tag: release.tag, notOlder: true } as const;
    return await ship(context, named, wanted, { yes: true, waits: true });
  } catch (error) {
    return report(context, `${release.tag} is not deployed to ${environment}`, orInterrupted(error, context.signal));
  }
}

function report({ terminal }: Context, what: string, error: unknown): ExitCode {
  terminal.err(`${what}:\n${renderFailure(error, terminal)}`);
  return exitOf(error);
}
