import { EXIT, Problem } from '../core/problem.ts';
import { commandFor } from '../deploy/command-for.ts';
import type { CommandModule } from './command.ts';
import { loadEnvironment } from './environment.ts';
import { refuseEmptyTag } from './refuse-empty-tag.ts';
import { ship } from './ship.ts';

interface RollbackOptions {
  readonly to?: string;
  readonly method: string;
  readonly backup?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly follow: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .argument('<environment>', 'as tagship.yaml names it')
    .option('--to <tag>', 'a release deployed before; by default the one before the present one')
    .option(
      '--method <name>',
      'git: its files, and the images it ran with; image: the same without git; backup: its data, too',
      'git',
    )
    .option('--backup <file>', 'the one to restore; by default the newest made while that release served')
    .option('--dry-run', 'show the plan and stop')
    .option('-y, --yes', 'do not ask')
    .option('--no-follow', 'when this very run is at work already: exit 7, and do not follow it')
    .action((name: string, { to: tag, method, backup, dryRun, yes, follow }: RollbackOptions) =>
      finish(async (context) => {
        if (method !== 'git' && method !== 'image' && method !== 'backup') throw unknownMethod(name, method);
        if (backup !== undefined && method !== 'backup') throw onlyWithBackups(name, backup);
        refuseEmptyTag({ kind: 'rollback', environment: name, method, tag, backup });
        const environment = await loadEnvironment(context.cwd, name);
        const wanted = { kind: 'rollback', method, tag, backup } as const;
        return ship(context, environment, wanted, { dryRun, yes, follow, hooks: true });
      }),
    );
};

function unknownMethod(name: string, method: string): Problem {
  return new Problem({
    code: 'unknown-method',
    what: `there is no method ${method} of rolling back`,
    fix: `tagship rollback ${name} --method git`,
    exit: EXIT.usage,
  });
}

function onlyWithBackups(name: string, backup: string): Problem {
  return new Problem({
    code: 'usage',
    what: '--backup goes with --method backup alone',
    fix: commandFor({ kind: 'rollback', environment: name, method: 'backup', backup }),
    exit: EXIT.usage,
  });
}
