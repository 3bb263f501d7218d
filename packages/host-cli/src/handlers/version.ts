import { readFileSync } from 'node:fs';
import { FRAME_VERSION } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';

/** Version of this package, as published. */
export function ownVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

export const version: Handler = async ({ output }) => {
  const facts = {
    tksm: ownVersion(),
    node: process.versions.node,
    frameFormat: FRAME_VERSION,
    platform: `${process.platform}-${process.arch}`,
  };
  if (output.settings.json) output.document(facts);
  else
    output.line(
      `tksm ${facts.tksm} (node ${facts.node}, ${facts.platform}, frame format ${facts.frameFormat})`,
    );
  return EXIT.ok;
};
