import type { CommandConfig, ConfirmConfig, EnvironmentConfig, HealthConfig } from '../../config/schema.ts';
import { commandSteps, endCommands } from '../commands.ts';
import { CONFIRM_STEP } from '../confirm.ts';
import { awaitImages } from '../fleet/gates.ts';
import { proofCall, questionsOf, titleOf } from '../health.ts';
import type { HostStep } from '../plan-shape.ts';
import { fitsStep, preflightStep } from '../preflight-steps.ts';
import { nameOf, type Previous, type RunAbout, type ServiceImage } from '../run.ts';

/** What a rolling deployment is made of. */
export interface RollingInput {
  readonly tag: string;
  readonly commit: string;
  readonly previous: Previous;
  /** What the checkout shows now; differs from `previous` after an interrupted run. */
  readonly head: string;
  /** The run before this one, when it was interrupted: what of its checkout is half-done is no edit of anybody's. */
  readonly interrupted: RunAbout | undefined;
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
    | { readonly from: 'history'; readonly images: readonly ServiceImage[] };
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
const QUICK = 120;
const NETWORK = 600;
/** A Pi builds slowly. */
const IMAGES = 3_600;
/** Without a health check in the configuration, how long containers may take to come up. */
const DEFAULT_PROOF = 60;
/** How long an engine that does not answer is waited for before anything is taken back. */
const ENGINE_RETURN = 180;

/** Everything is fetched, pulled and built while the previous release serves; then it is replaced, and proved. */
export function rollingSteps(input: RollingInput): StepLists {
  return {
    forward: [
      ...prepareSteps(input),
      ...changeSteps(input),
      ...proofSteps(input.health, 'new'),
      ...confirmSteps(input.confirm),
      recordStep(input),
    ],
    undo: undoSteps(input),
    revert: revertSteps(input),
  };
}

/** Nothing has changed, but names of images may have moved, and the engine may have died under it. */
function undoSteps(input: RollingInput): HostStep[] {
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

function prepareSteps(input: RollingInput): HostStep[] {
  const { tag, commit, source, previous } = input;
  const meanwhile = previous.serving ? `, while ${nameOf(previous)} serves` : '';
  const images =
    source.from !== 'history'
      ? imagesSteps(input.imagesFrom, meanwhile)
      : [
          prepare('images', `bring back the images ${tag} ran with`, IMAGES, [
            'recover_images',
            ...source.images.filter(isNamed).flatMap(({ service, name, id }) => [service, name, id]),
          ]),
        ];
  return [
    guardStep(input),
    fetchStep(input),
    prepare('export', `lay out the files of ${tag} beside the running ones`, QUICK, ['export_tree', commit]),
    preflightStep(input),
    ...images,
    ...fitsStep(input),
    ...(previous.serving ? commandSteps(commandsOf(input), tag, true) : []),
  ];
}

function commandsOf({ source, commands }: RollingInput): readonly CommandConfig[] {
  return source.from === 'history' ? [] : commands;
}

function imagesSteps(from: EnvironmentConfig['images'], meanwhile: string): HostStep[] {
  switch (from) {
    case 'build':
      return [prepare('images', `pull and build images${meanwhile}`, IMAGES, ['get_images'])];
    case 'pull':
      return [prepare('images', `pull images${meanwhile}`, IMAGES, ['pull_images'])];
    case 'stream': {
      const title = `take its images, which are made here and sent${meanwhile}`;
      return [
        prepare('wanted', 'see which images it needs', QUICK, ['list_wanted']),
        prepare('images', title, IMAGES, awaitImages),
      ];
    }
  }
}

function fetchStep({ tag, commit, source }: RollingInput): HostStep {
  switch (source.from) {
    case 'origin':
      return prepare('fetch', `fetch ${tag} from origin`, NETWORK, ['fetch_tag', tag, commit]);
    case 'push':
      return prepare('fetch', `take ${tag}, which is sent from here`, QUICK, ['take_tag', tag, source.object, commit]);
    case 'history':
      return prepare('fetch', `find ${tag} in the clone`, QUICK, ['require_commit', commit]);
  }
}

function guardStep({ head, lastRun = '', interrupted, isEdited }: RollingInput): HostStep {
  if (interrupted === undefined) {
    const title = 'check that the host is as it was when this was planned';
    return prepare('guard', title, QUICK, ['guard_checkout', head, lastRun, ...(isEdited ? ['edited'] : [])]);
  }
  const { run, commit, previous } = interrupted;
  const call = ['guard_interrupted', head, lastRun, run, commit, previous.commit] as const;
  return prepare('guard', 'set aside what the interrupted run left half-done', QUICK, call);
}

function changeSteps(input: RollingInput): HostStep[] {
  const { tag, commit, health, startedFrom, previous } = input;
  return [
    change('checkout', `check out ${tag}`, QUICK, 'new', ['check_out', commit]),
    ...(previous.serving ? [] : commandSteps(commandsOf(input), tag, false)),
    change('up', 'replace the containers', proofSeconds(health) + NETWORK, 'new', ['start_containers', ...startedFrom]),
  ];
}

function proofSteps(health: HealthConfig | undefined, release: HostStep['release']): HostStep[] {
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

function confirmSteps(confirm: ConfirmConfig | undefined): HostStep[] {
  if (confirm === undefined) return [];
  const seconds = Math.ceil(confirm.timeout / 1000) + CONFIRM_SLACK;
  const title = `see from outside that ${confirm.url} answers ${confirm.status}`;
  return [change(CONFIRM_STEP, title, seconds + QUICK, 'new', ['wait_for_confirmation', String(seconds)])];
}

function recordStep({ tag }: RollingInput): HostStep {
  return change('record', `record ${tag} and the images it runs`, QUICK, 'new', ['record_release']);
}

function revertSteps(input: RollingInput): HostStep[] {
  const { previous, previousHealth, tag, commit, startedFrom } = input;
  const left = endCommands(commandsOf(input), 'change');
  if (!previous.serving && !previous.stopped) {
    // A first deployment has nothing to go back to: what it started is taken down again.
    const down = change('down', `take the containers of ${tag} down`, NETWORK, 'new', ['take_down']);
    return [ENGINE, ...left, down, checkOutAgain(previous, commit)];
  }
  const back = [ENGINE, ...left, restoreImages(previous, 'change', 'restore_images'), checkOutAgain(previous, commit)];
  if (previous.stopped) {
    const title = 'put the previous containers back, stopped as they were';
    return [...back, change('up', title, NETWORK, 'previous', ['restore_stopped'])];
  }
  const title = 'put the previous containers back';
  const seconds = proofSeconds(previousHealth) + NETWORK;
  const up = change('up', title, seconds, 'previous', ['start_containers', commit, ...startedFrom]);
  return [...back, up, ...proofSteps(previousHealth, 'previous')];
}

function checkOutAgain(previous: Previous, release: string): HostStep {
  const where = [previous.commit, release, ...(previous.branch === undefined ? [] : [previous.branch])];
  return change('checkout', `go back to ${nameOf(previous)}`, QUICK, 'previous', ['check_out_again', ...where]);
}

function restoreImages(previous: Previous, kind: HostStep['kind'], how: string): HostStep {
  const names = previous.images.filter(isNamed).flatMap(({ name, id }) => [name, id]);
  const title = `give the images of ${nameOf(previous)} their names back`;
  return { id: 'images', title, seconds: QUICK, kind, release: 'previous', call: [how, ...names] };
}

/** An image that is asked for by its digest has no name that could be moved. */
function isNamed({ name }: ServiceImage): boolean {
  return !name.includes('@') && !name.startsWith('sha256:');
}

function proofSeconds(health: HealthConfig | undefined): number {
  return health === undefined ? DEFAULT_PROOF : Math.ceil(health.timeout / 1000);
}

/** First in every way back: the engine may be what failed, or the host may just be booting. */
const ENGINE: HostStep = {
  id: 'engine',
  title: 'see that docker answers',
  seconds: ENGINE_RETURN + QUICK,
  kind: 'prepare',
  release: 'previous',
  call: ['wait_for_engine', String(ENGINE_RETURN)],
};

function prepare(id: string, title: string, seconds: number, call: HostStep['call']): HostStep {
  return { id, title, seconds, kind: 'prepare', release: 'new', call };
}

function change(
  id: string,
  title: string,
  seconds: number,
  release: HostStep['release'],
  call: HostStep['call'],
): HostStep {
  return { id, title, seconds, kind: 'change', release, call };
}
