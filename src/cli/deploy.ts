import type { CommandModule } from './command.ts';
import { findEnvironment, readConfig } from './environment.ts';
import { ship } from './ship.ts';

interface DeployOptions {
  readonly strategy?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .argument('[tag]', 'the release to ship; by default the highest one on origin')
    .option('--strategy <name>', 'instead of the one in tagship.yaml')
    .option('--dry-run', 'show the plan and stop')
    .option('-y, --yes', 'do not ask')
    .action((name: string, tag: string | undefined, options: DeployOptions) =>
      finish(async (context) => {
        const config = await readConfig(context.cwd);
        const environment = findEnvironment(config, name, options.strategy);
        const { dryRun, yes } = options;
        return ship(context, environment, { kind: 'deploy', tag }, { dryRun, yes });
      }),
    );
};
