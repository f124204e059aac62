import type { EnvironmentConfig } from '../config/schema.ts';
import type { Host, ScriptResult } from '../io/ports.ts';
import { appCommand } from './app-command.ts';
import type { HostFacts } from './facts.ts';

/** Services that were named for a host of an environment, and what was found there. */
export interface NamedServices {
  readonly services: readonly string[];
  readonly host: Host;
  readonly facts: HostFacts;
  readonly environment: string;
  readonly config: EnvironmentConfig;
  readonly tagFormat: string;
  readonly signal?: AbortSignal | undefined;
}

/** What Compose answers there, asked with the files of the release that is in place. */
export function askCompose(
  { host, facts, config, tagFormat, signal }: NamedServices,
  ...words: readonly string[]
): Promise<ScriptResult> {
  return host.run(appCommand(facts, config, words, tagFormat), signal === undefined ? {} : { signal });
}
