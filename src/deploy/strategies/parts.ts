import type { CommandConfig, ConfirmConfig, EnvironmentConfig, HealthConfig } from '../../config/schema.ts';
import { endCommands } from '../commands.ts';
import { CONFIRM_STEP } from '../confirm.ts';
import { proofCall, questionsOf, titleOf } from '../health.ts';
import type { HostStep } from '../plan-shape.ts';
import { nameOf, type Previous, type RunAbout, type ServiceImage } from '../run.ts';

/** What the steps of a deployment, or of a way back, are made of. */
export interface RollingInput {
  readonly tag: string;
  readonly commit: string;
  readonly previous: Previous;
  /** What the checkout shows now; differs from `previous` after an interrupted run. */
  readonly head: string;
  /** The run before this one, when it was interrupted: what of its checkout is half-done is no edit of anybody's. */
  readonly interrupted: RunAbout | undefined;
  /** The run before this one has left nobody knows what: what serves is not asked what it is. */
  readonly unsettled: boolean;
  /** The containers that run now, by id. */
  readonly running: readonly string[];
  /** The run that began last, as the look saw it. */
  readonly lastRun: string | undefined;
  /** Files that git tracks were edited there: that is kept aside. */
  readonly isEdited: boolean;
  /** The commits that containers which are there may have been started from. */
  readonly startedFrom: readonly string[];
  /** Where the release comes from: origin, whoever deploys, or what this host already ran. */
  readonly source:
    | { readonly from: 'origin' }
    | { readonly from: 'push'; readonly object: string }
    | {
        readonly from: 'history';
        readonly images: readonly ServiceImage[];
        /** Whether the host kept all that belongs to the release. */
        readonly isKept: boolean;
      };
  readonly backup: EnvironmentConfig['backup'];
  /** What ran before the release, for whoever goes back by hand. */
  readonly below: readonly ServiceImage[];
  /** Published ports that are meant to be open to the world. */
  readonly publicPorts: readonly number[];
  /** How its images get here; of a release that was here before they are here. */
  readonly imagesFrom: EnvironmentConfig['images'];
  /** What is run once in its images before it serves; not again of a release that was here before. */
  readonly commands: readonly CommandConfig[];
  /** What the release has to prove itself by. */
  readonly health: HealthConfig | undefined;
  /** What has to be seen from outside besides. */
  readonly confirm?: ConfirmConfig | undefined;
  /** What the previous one proved itself by, and has to again. */
  readonly previousHealth: HealthConfig | undefined;
}

export interface StepLists {
  readonly forward: readonly HostStep[];
  readonly undo: readonly HostStep[];
  readonly revert: readonly HostStep[];
}

/** Seconds that a step which only asks the machine itself may take. */
export const QUICK = 120;
export const NETWORK = 600;
/** A Pi builds slowly. */
export const IMAGES = 3_600;
/** Without a health check in the configuration, how long containers may take to come up. */
const DEFAULT_PROOF = 60;
/** How long an engine that does not answer is waited for before anything is taken back. */
const ENGINE_RETURN = 180;

/** Nothing has changed, but names of images may have moved, and the engine may have died under it. */
export function undoSteps(input: RollingInput): HostStep[] {
  const { previous, running } = input;
  const images = restoreImages(previous, 'prepare', 'undo_images');
  const title = `see that ${nameOf(previous)} still runs`;
  const serving: HostStep = { ...images, id: 'serving', title, call: ['start_again', ...running] };
  const steps = [
    ...endCommands(commandsOf(input), 'prepare'),
    ...(previous.images.length === 0 ? [] : [images]),
    ...(running.length === 0 ? [] : [serving]),
  ];
  return steps.length === 0 ? [] : [ENGINE, ...steps];
}

export function commandsOf({ source, commands }: RollingInput): readonly CommandConfig[] {
  return source.from === 'history' ? [] : commands;
}

/** Whether the host kept all that belongs to the release. */
export const isKept = (source: RollingInput['source']) => source.from === 'history' && source.isKept;

/** Where something serves, or would: what comes back when this fails, whatever becomes of the clone meanwhile. */
export function keepSteps({ previous, unsettled }: Pick<RollingInput, 'previous' | 'unsettled'>): HostStep[] {
  if (!previous.serving && !previous.stopped) return [];
  const title = `keep what ${nameOf(previous)} consists of, to come back to it`;
  const how = previous.withoutGit ? ['without-git'] : unsettled ? ['unsettled'] : [];
  const call = ['keep_present', previous.tag ?? '', ...how] as const;
  return [{ ...prepare('present', title, QUICK, call), release: 'previous' }];
}

export function environmentStep(tag: string): HostStep {
  return change('environment', `bring the environment files of ${tag} back`, QUICK, 'new', ['bring_environment', tag]);
}

export function proofSteps(health: HealthConfig | undefined, release: HostStep['release']): HostStep[] {
  const seconds = proofSeconds(health);
  const whose = release === 'new' ? '' : 'again ';
  const containers = change(
    'containers',
    `wait until every container runs ${whose}and stays up`,
    seconds + QUICK,
    release,
    ['wait_for_containers', String(seconds)],
  );
  if (health === undefined) return [containers];
  const questions = questionsOf(health).map((question) =>
    change(
      question.kind,
      titleOf(question, health, release === 'previous'),
      seconds + QUICK,
      release,
      proofCall(question, health),
    ),
  );
  return [containers, ...questions];
}

/** Longer than whoever asks has time for, so that the answer of the last moment still arrives. */
const CONFIRM_SLACK = 15;

export function confirmSteps(confirm: ConfirmConfig | undefined): HostStep[] {
  if (confirm === undefined) return [];
  const seconds = Math.ceil(confirm.timeout / 1000) + CONFIRM_SLACK;
  const title = `see from outside that ${confirm.url} answers ${confirm.status}`;
  return [change(CONFIRM_STEP, title, seconds + QUICK, 'new', ['wait_for_confirmation', String(seconds)])];
}

export function recordStep({ tag, below }: Pick<RollingInput, 'tag' | 'below'>): HostStep {
  const title = `record ${tag}, with its files and the images it runs`;
  return change('record', title, QUICK, 'new', ['record_release', tag, ...below.flatMap(({ name, id }) => [name, id])]);
}

export function restoreImages(previous: Previous, kind: HostStep['kind'], how: string): HostStep {
  const names = previous.images.filter(isNamed).flatMap(({ name, id }) => [name, id]);
  const title = `give the images of ${nameOf(previous)} their names back`;
  return { id: 'images', title, seconds: QUICK, kind, release: 'previous', call: [how, ...names] };
}

/** An image that is asked for by its digest has no name that could be moved. */
function isNamed({ name }: ServiceImage): boolean {
  return !name.includes('@') && !name.startsWith('sha256:');
}

export function proofSeconds(health: HealthConfig | undefined): number {
  return health === undefined ? DEFAULT_PROOF : Math.ceil(health.timeout / 1000);
}

/** First in every way back: the engine may be what failed, or the host may just be booting. */
export const ENGINE: HostStep = {
  id: 'engine',
  title: 'see that docker answers',
  seconds: ENGINE_RETURN + QUICK,
  kind: 'prepare',
  release: 'previous',
  call: ['wait_for_engine', String(ENGINE_RETURN)],
};

export function prepare(id: string, title: string, seconds: number, call: HostStep['call']): HostStep {
  return { id, title, seconds, kind: 'prepare', release: 'new', call };
}

export function change(
  id: string,
  title: string,
  seconds: number,
  release: HostStep['release'],
  call: HostStep['call'],
): HostStep {
  return { id, title, seconds, kind: 'change', release, call };
}
