import { EXIT, Problem } from '../core/problem.ts';
import type { CommandModule } from './command.ts';
import { loadEnvironment } from './environment.ts';
import { ship } from './ship.ts';

interface RollbackOptions {
  readonly to?: string;
  readonly method: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly follow: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--to <tag>', 'a release deployed before; by default the one before the present one')
    .option('--method <name>', 'git: its files, and the images it ran with', 'git')
    .option('--dry-run', 'show the plan and stop')
    .option('-y, --yes', 'do not ask')
    .option('--no-follow', 'when this very run is at work already: exit 7, and do not follow it')
    .action((name: string, { to: tag, method, dryRun, yes, follow }: RollbackOptions) =>
      finish(async (context) => {
        refuseUnbuiltMethod(name, method);
        const environment = await loadEnvironment(context.cwd, name);
        return ship(context, environment, { kind: 'rollback', tag }, { dryRun, yes, follow, hooks: true });
      }),
    );
};

function refuseUnbuiltMethod(name: string, method: string): void {
  if (method === 'git') return;
  const isPlanned = method === 'image' || method === 'backup';
  throw new Problem({
    code: isPlanned ? 'not-built' : 'unknown-method',
    what: isPlanned ? `rollback --method ${method} is not built yet` : `there is no method ${method} of rolling back`,
    fix: `tagship rollback ${name} --method git`,
    exit: EXIT.usage,
  });
}
