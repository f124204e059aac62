import { byteCount } from '../../core/byte-count.ts';
import type { Report } from '../../core/events.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { filterTar, type TarEntry } from '../../core/tar.ts';
import type { Docker, Host } from '../../io/ports.ts';
import type { DeployPlan } from '../plan-shape.ts';
import { type LayerIds, omittedFiles } from './layers.ts';
import { makeImages, type Workshop } from './make-images.ts';
import { askForWanted } from './wanted.ts';

const STEP = 'images';
const MANIFEST = 'manifest.json';

/**
 * Makes the images of a release here and sends the host those it has not, over the connection there is: of these only the
 * layers it has not. For a run that waits for them.
 * @throws Problem
 */
export async function deliverImages(workshop: Workshop, host: Host, plan: DeployPlan, report: Report): Promise<void> {
  const wanted = await askForWanted(host, plan);
  await makeImages(workshop, plan, wanted, (text) => report({ type: 'progress', step: STEP, text }));
  const names = [...new Set(wanted.services.map(({ image }) => image))];
  const made = await Promise.all(names.map((name) => describe(workshop.docker, name)));
  const missing = made.filter(({ name, id }) => wanted.ids.get(name) !== id);
  const there = names.length - missing.length;
  if (there > 0)
    report({ type: 'output', step: STEP, line: `${there} of ${names.length} images are on ${host.name} already` });
  if (missing.length === 0) return;
  const omitted = wanted.layers === undefined ? NOTHING : await whatToOmit(workshop.docker, missing, wanted.layers);
  const sent = await load(workshop.docker, host, missing, omitted, report);
  // An engine that does look for a layer it has is sent everything.
  if (sent !== undefined && omitted.files.size > 0) {
    const again = await load(workshop.docker, host, missing, { ...omitted, files: NOTHING.files }, report);
    if (again !== undefined) throw notLoaded(host, again);
  } else if (sent !== undefined) throw notLoaded(host, sent);
}

interface MadeImage {
  readonly name: string;
  readonly id: string;
  readonly layers: LayerIds;
  /** In bytes, unpacked. */
  readonly size: number;
}

async function describe(docker: Docker, name: string): Promise<MadeImage> {
  const format = '{{.Id}} {{.Size}} {{json .RootFS.Layers}}';
  const { exitCode, stdout, stderr } = await docker.run(['image', 'inspect', '--format', format, '--', name], {
    timeout: 60_000,
  });
  const [id = '', size, ...layers] = stdout.trim().split(' ');
  if (exitCode === 0) return { name, id, size: Number(size), layers: JSON.parse(layers.join(' ')) ?? [] };
  throw new Problem({
    code: 'image-not-made',
    what: `the image ${name} is not here although it was made`,
    why: stderr.trim(),
    fix: 'docker image ls',
    exit: EXIT.refused,
  });
}

interface Omission {
  readonly files: ReadonlySet<string>;
  /** Of what is sent, in bytes; undefined where that is not known before. */
  readonly total: number | undefined;
}
const NOTHING: Omission = { files: new Set(), total: undefined };

/** Looks through the archive once: where its layers are is told at its end. */
async function whatToOmit(
  docker: Docker,
  images: readonly MadeImage[],
  present: readonly LayerIds[],
): Promise<Omission> {
  const sizes = new Map<string, number>();
  let manifest = '[]';
  const reading = {
    wants: ({ path }: TarEntry) => path === MANIFEST,
    read: (_: TarEntry, content: Buffer) => (manifest = content.toString('utf8')),
  };
  const keep = ({ path, size }: TarEntry) => {
    sizes.set(path, size);
    return false;
  };
  const names = images.map(({ name }) => name);
  for await (const _ of filterTar(docker.stream(['image', 'save', ...names]), keep, reading));
  const files = omittedFiles(manifest, new Map(images.map(({ name, layers }) => [name, layers])), present);
  const total = [...sizes].reduce((sum, [path, size]) => sum + (files.has(path) ? 0 : size), 0);
  return { files, total };
}

/** @returns what the host says when it does not load them */
async function load(
  docker: Docker,
  host: Host,
  images: readonly MadeImage[],
  { files, total }: Omission,
  report: Report,
): Promise<string | undefined> {
  const archive = docker.stream(['image', 'save', ...images.map(({ name }) => name)]);
  const bytes = filterTar(archive, ({ path }) => !files.has(path));
  const size = total ?? images.reduce((sum, image) => sum + image.size, 0);
  const what = images.map(({ name }) => name).join(', ');
  const { exitCode, stderr } = await host.feed('docker image load --quiet', counted(bytes, what, size, report));
  return exitCode === 0 ? undefined : stderr.trim();
}

const WIDTH = 20;

async function* counted(
  bytes: AsyncIterable<Buffer>,
  what: string,
  total: number,
  report: Report,
): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const piece of bytes) {
    yield piece;
    sent += piece.length;
    const share = Math.min(1, sent / Math.max(1, total));
    const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
    const text = `[${bar}] ${byteCount(sent)} of ${byteCount(Math.max(sent, total))}: ${what}`;
    report({ type: 'progress', step: STEP, text });
  }
}

function notLoaded(host: Host, why: string): Problem {
  return new Problem({
    code: 'images-not-loaded',
    what: `${host.name} did not take the images; nothing has changed there`,
    why,
    fix: `see that there is room: on ${host.name}: df -h /var/lib/docker`,
    exit: EXIT.refused,
  });
}
