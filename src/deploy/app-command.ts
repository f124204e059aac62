import type { EnvironmentConfig } from '../config/schema.ts';
import { shellJoin, shellQuote } from '../core/shell-quote.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { composeCommand } from './compose.ts';
import type { HostFacts } from './facts.ts';
import { releaseAt } from './history.ts';

/**
 * The script that calls Compose as a person would in the app directory, with the files of the release that is there; what it
 * reads there may ask for the release.
 */
export function appCommand(
  facts: HostFacts,
  { path, compose }: EnvironmentConfig,
  words: readonly string[],
  tagFormat: string,
): string {
  const { tag, compose: files = compose } = releaseAt(facts.clone?.head, facts.history) ?? {};
  const version = tag === undefined ? undefined : versionOfTag(tagFormat, tag);
  const variables = [`TAGSHIP_TAG=${shellQuote(tag ?? '')}`, `TAGSHIP_VERSION=${shellQuote(version ?? '')}`];
  const command = [...composeCommand(facts.compose ?? 'docker compose', files), ...words];
  return `cd ${shellQuote(path)} && exec env ${variables.join(' ')} ${shellJoin(command)}`;
}
