import type { CommandModule } from './command.ts';
import { loadEnvironment } from './environment.ts';
import { refuseEmptyTag } from './refuse-empty-tag.ts';
import { isTagHere } from './release-source.ts';
import { ship } from './ship.ts';

interface DeployOptions {
  readonly strategy?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly follow: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .argument('[tag]', 'the release to ship; by default the highest one on origin')
    .option('--strategy <name>', 'instead of the one in tagship.yaml')
    .option('--dry-run', 'show the plan and stop')
    .option('-y, --yes', 'do not ask')
    .option('--no-follow', 'when this very run is at work already: exit 7, and do not follow it')
    .action((name: string, tag: string | undefined, options: DeployOptions) =>
      finish(async (context) => {
        refuseEmptyTag({ kind: 'deploy', environment: name, tag });
        const environment = await loadEnvironment(context.cwd, name, options.strategy);
        const { dryRun, yes, follow } = options;
        const named = tag === undefined ? {} : { tag, isHere: await isTagHere(context.cwd, tag) };
        return ship(context, environment, { kind: 'deploy', ...named }, { dryRun, yes, follow, hooks: true });
      }),
    );
};
