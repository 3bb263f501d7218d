import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const stateDigest: Handler = async (call) => {
  const { flags, output } = call;
  const { state } = await look(await dataFolder(call), flags.text('at'));
  const digest = state.digest();
  if (output.settings.json) output.document({ digest, position: state.position });
  else output.line(digest);
  return EXIT.ok;
};
