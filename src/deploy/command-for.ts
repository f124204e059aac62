import { shellJoin } from '../core/shell-quote.ts';

export interface AskedRun {
  readonly kind: 'deploy' | 'rollback';
  readonly environment: string;
  readonly method?: 'git' | 'image' | 'backup' | undefined;
  readonly tag?: string | undefined;
  readonly backup?: string | undefined;
}

/** What is typed to ask for a deployment or a rollback, whatever its names hold. A backup says itself which release is meant. */
export function commandFor(
  { kind, environment, method, tag, backup }: AskedRun,
  ...options: readonly string[]
): string {
  const release = tag === undefined || backup !== undefined ? [] : kind === 'deploy' ? [tag] : ['--to', tag];
  const how = method === undefined || method === 'git' ? [] : ['--method', method];
  const what = backup === undefined ? [] : ['--backup', backup];
  return shellJoin(['tagship', kind, environment, ...release, ...how, ...what, ...options]);
}
