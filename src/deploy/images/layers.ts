import * as z from 'zod';

/** `manifest.json` of what `docker save` prints: an image, its names, and the files of its layers from the lowest up. */
const manifestSchema = z.array(z.object({ RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }));

/** The layers of an image by their content, from the lowest up. */
export type LayerIds = readonly string[];

/** Names every layer together with those below it: that is what an engine knows it by. */
function chainsOf(layers: LayerIds): readonly string[] {
  return layers.map((_, index) => layers.slice(0, index + 1).join(' '));
}

/**
 * The files of an archive that an engine need not be sent: their layers, on top of the same ones, are there already, and
 * it does not look for them then. An image whose layers are not known is sent whole.
 * @param layersOf the layers of the images in the archive, by their names
 * @param present those of the images that the engine has
 */
export function omittedFiles(
  manifest: string,
  layersOf: ReadonlyMap<string, LayerIds>,
  present: readonly LayerIds[],
): ReadonlySet<string> {
  const known = new Set(present.flatMap(chainsOf));
  const [omitted, needed] = [new Set<string>(), new Set<string>()];
  for (const { RepoTags, Layers } of manifestSchema.parse(JSON.parse(manifest))) {
    const names = (RepoTags ?? []).flatMap((tag) => [tag, tag.replace(/:latest$/, '')]);
    const chains = chainsOf(names.map((name) => layersOf.get(name)).find((layers) => layers !== undefined) ?? []);
    for (const [at, file] of Layers.entries()) (known.has(chains[at] ?? '') ? omitted : needed).add(file);
  }
  return new Set([...omitted].filter((file) => !needed.has(file)));
}
