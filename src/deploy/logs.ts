import type { EnvironmentConfig } from '../config/schema.ts';
import { shellJoin, shellQuote } from '../core/shell-quote.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { composeCommand } from './compose.ts';
import type { HostFacts } from './facts.ts';
import { releaseAt } from './history.ts';

export interface LogOptions {
  readonly follow: boolean;
  /** How many of the last lines of each container. */
  readonly tail: number;
  /** None: all. */
  readonly services: readonly string[];
}

/** The script that prints what the containers of an app said, as a person would ask for it in the app directory. */
export function logsScript(
  facts: HostFacts,
  { path, compose }: EnvironmentConfig,
  { follow, tail, services }: LogOptions,
  tagFormat: string,
): string {
  const command = [
    ...composeCommand(facts.compose ?? 'docker compose', compose),
    'logs',
    ...(follow ? ['--follow'] : []),
    `--tail=${tail}`,
    '--',
    ...services,
  ];
  // Compose reads its file for this, and would complain of variables that are not set.
  const tag = releaseAt(facts.clone?.head, facts.history)?.tag;
  const version = tag === undefined ? undefined : versionOfTag(tagFormat, tag);
  const variables = [`TAGSHIP_TAG=${shellQuote(tag ?? '')}`, `TAGSHIP_VERSION=${shellQuote(version ?? '')}`];
  return `cd ${shellQuote(path)} && exec env ${variables.join(' ')} ${shellJoin(command)} 2>&1`;
}
