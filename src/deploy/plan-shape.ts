import type { ConfirmConfig } from '../config/schema.ts';
import type { Plan, Step } from '../core/plan.ts';
import type { ComposeProgram } from './facts.ts';
import type { RunAbout } from './run.ts';

/** One step as the host carries it out. */
export interface HostStep extends Step {
  /** After this many seconds it is given up. */
  readonly seconds: number;
  /** `prepare`: nobody sees it, and nothing need be taken back when it fails. */
  readonly kind: 'prepare' | 'change';
  /** Whose tag and version the Compose file sees. */
  readonly release: 'new' | 'previous';
  /** A function of `host/steps` and its arguments. */
  readonly call: readonly [string, ...string[]];
}

export interface DeployDetails {
  readonly host: string;
  /** The app directory. */
  readonly path: string;
  /** Where tagship keeps its own files: `.git/tagship` of the app directory. */
  readonly state: string;
  readonly compose: { readonly program: ComposeProgram; readonly files: readonly string[] };
  /** What detaches the runner from the login that starts it. */
  readonly launch: 'setsid' | 'systemd-run';
  readonly about: RunAbout;
  /** What whoever follows has to see from outside before the release is recorded. */
  readonly confirm?: ConfirmConfig | undefined;
  /** Object of the tag that whoever starts the run sends to the clone first; undefined where the host fetches. */
  readonly sent?: string | undefined;
  readonly versions: { readonly new: string | undefined; readonly previous: string | undefined };
  readonly forward: readonly HostStep[];
  /** Clears away what was prepared, when a step failed before anything changed. */
  readonly undo: readonly HostStep[];
  /** Brings the previous release back and proves that it is healthy. */
  readonly revert: readonly HostStep[];
}

/** A deployment or a rollback of one host. */
export type DeployPlan = Plan<'deploy' | 'rollback', DeployDetails>;
