import type { EnvironmentConfig } from '../config/schema.ts';
import { appCommand } from './app-command.ts';
import type { HostFacts } from './facts.ts';

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
  environment: EnvironmentConfig,
  { follow, tail, services }: LogOptions,
  tagFormat: string,
): string {
  const words = ['logs', ...(follow ? ['--follow'] : []), `--tail=${tail}`, '--', ...services];
  return `${appCommand(facts, environment, words, tagFormat)} 2>&1`;
}
