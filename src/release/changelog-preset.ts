import createPreset from 'conventional-changelog-conventionalcommits';
import { LINK_INFIXES } from './hosting.ts';

/** How conventional-changelog's preset writes a section, with links as sites of this kind have them. */
export function presetWriter(infix: string) {
  const base = `{{host}}/{{owner}}/{{repository}}${infix}`;
  return createPreset({
    issueUrlFormat: `${base}/issues/{{id}}`,
    commitUrlFormat: `${base}/commit/{{hash}}`,
    compareUrlFormat: `${base}/compare/{{previousTag}}...{{currentTag}}`,
  }).writer;
}

/** Every Handlebars template that a section may be written with. They are compiled when tagship is built. */
export function changelogTemplates(): readonly string[] {
  return LINK_INFIXES.map(presetWriter).flatMap(({ mainTemplate, headerPartial, commitPartial, footerPartial }) =>
    [mainTemplate, headerPartial, commitPartial, footerPartial].map(String),
  );
}
